/** Cancelled applications, revocations by serial, incidents. */
import { type Kysely, sql } from 'kysely'

const statements = [
  `drop index applications_one_per_key`,
  `create unique index applications_one_per_key on applications (spki_sha256)
    where state not in ('refused', 'rejected', 'failed', 'cancelled')`,
  `create index applications_revoking_any on applications ((fields->>'serial'))
    where kind in ('server-revoke', 'client-revoke', 'smime-revoke')`,
  `alter table batches add column attention text`,
  `create table incidents (
    id text primary key,
    organisation text not null,
    action text not null,
    criteria jsonb not null,
    terms jsonb not null,
    serials text[] not null,
    created_by text not null,
    created_at timestamptz not null,
    confirmed_by text,
    confirmed_at timestamptz
  )`,
  `create index incidents_by_organisation on incidents (organisation, id desc)`,
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}
