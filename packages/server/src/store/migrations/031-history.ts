/** Certificates that were issued elsewhere, read from reports or entered by hand, and what became of each. */
import { type Kysely, sql } from 'kysely'

const statements = [
  `alter table certificates
    add column category text not null default 'server',
    add column origin text not null default 'issued',
    add column issuer_dn text,
    add column subscriber_email text,
    add column revoked_at timestamptz,
    add column revocation_reason text,
    add column replacement_confirmed_at timestamptz,
    add column replacement_confirmed_by text`,
  `create index certificates_by_end on certificates (organisation, not_after, serial)`,
  `create index certificates_live_by_end on certificates (not_after) where status in ('valid', 'replaced')`,
  `create index certificates_by_issue on certificates (organisation, issuer_dn, not_before)`,
  `create index certificates_by_replaced on certificates (replaces_serial)`,
  `create table report_imports (
    issuance_system text not null,
    name text not null,
    at timestamptz not null,
    primary key (issuance_system, name)
  )`,
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}
