/** Mails, and who was told already that something ends soon. */
import { type Kysely, sql } from 'kysely'

const statements = [
  `create table mails (
    id text primary key,
    organisation text not null,
    recipient text not null,
    audience text not null check (audience in ('team', 'subscriber')),
    type text not null,
    positions bigint[] not null,
    state text not null default 'pending' check (state in ('pending', 'sent', 'failed')),
    attempts int not null default 0,
    since timestamptz not null,
    due_at timestamptz not null,
    ended_at timestamptz,
    last_error text
  )`,
  `create index mails_due on mails (due_at) where state = 'pending'`,
  `create index mails_open on mails (organisation, recipient, type) where state = 'pending' and attempts = 0`,
  `create index mails_by_end on mails (ended_at) where ended_at is not null`,
  // The last of the thresholds that was told.
  `alter table certificates add column told_days smallint`,
  `alter table certificates add column reminded_at timestamptz`,
  `create index certificates_watched on certificates (not_after) where status = 'valid'`,
  `alter table approvals add column told_days smallint`,
  // The end that was told; a renewed approval has another.
  `alter table approvals add column told_until timestamptz`,
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}
