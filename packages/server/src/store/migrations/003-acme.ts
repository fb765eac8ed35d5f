import { type Kysely, sql } from 'kysely'

const statements = [
  // revokeCert asks whether a revocation of a certificate is under way.
  `create index applications_revoking on applications ((fields->>'serial'))
    where kind = 'server-revoke' and state not in ('refused', 'rejected', 'failed')`,
  `create index certificates_by_application on certificates (application_id)`,
  // Why an order ended before it was finalized, as problem name and detail in both languages.
  `alter table acme_orders add column error jsonb`,
  `create table acme_challenges (
    id text primary key,
    authorization_id text not null references acme_authorizations,
    account_id text not null references acme_accounts,
    type text not null,
    token text not null,
    status text not null,
    error jsonb,
    attempts integer not null default 0,
    due_at timestamptz,
    validated_at timestamptz,
    failed_at timestamptz
  )`,
  `create index acme_challenges_by_authorization on acme_challenges (authorization_id)`,
  `create index acme_challenges_due on acme_challenges (due_at) where status = 'processing'`,
  `create index acme_challenges_failed on acme_challenges (account_id, failed_at) where failed_at is not null`,
  // Kids are UUIDv7: pages of an organisation's credentials, newest first.
  `create index eab_credentials_pages on eab_credentials (organisation, kid desc)`,
  // The open orders that a lost authorization ends.
  `create index acme_orders_unfinalized on acme_orders (account_id) where is_open and stage <> 'finalized'`,
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}
