import { type Kysely, sql } from 'kysely'

const statements = [
  // revokeCert asks whether a revocation of a certificate is under way.
  `create index applications_revoking on applications ((fields->>'serial'))
    where kind = 'server-revoke' and state not in ('refused', 'rejected', 'failed')`,
  `create index certificates_by_application on certificates (application_id)`,
  // Why an order ended before it was finalized, as problem name and detail in both languages.
  `alter table acme_orders add column error jsonb`,
  // Kids are UUIDv7: pages of an organisation's credentials, newest first.
  `create index eab_credentials_pages on eab_credentials (organisation, kid desc)`,
  // The open orders that a lost authorization ends.
  `create index acme_orders_unfinalized on acme_orders (account_id) where is_open and stage <> 'finalized'`,
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}
