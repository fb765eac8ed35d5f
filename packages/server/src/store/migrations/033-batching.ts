/** In which order applications go out, how often files do, and what the report has shown. */
import { type Kysely, sql } from 'kysely'

const statements = [
  `alter table applications
    add column priority smallint not null default 1,
    add column order_at timestamptz not null default now(),
    add column seen_at timestamptz`,
  `update applications set order_at = created_at`,
  `drop index applications_queued`,
  `create index applications_queued on applications (organisation, order_at, id) where state = 'queued'`,
  `alter table batches add column uploaded_at timestamptz`,
  `create index batches_by_upload on batches (issuance_system, uploaded_at)`,
  `create table kept_pages (
    id text primary key,
    batch_id text not null references batches,
    at timestamptz not null,
    reason text not null,
    page text not null
  )`,
  `create index kept_pages_by_batch on kept_pages (batch_id, id)`,
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}
