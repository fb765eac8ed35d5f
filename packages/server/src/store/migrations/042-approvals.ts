import { type Kysely, sql } from 'kysely'

const statements = [
  // Null: any profile, and made without an application.
  `alter table approvals
    add column profiles text[],
    add column application_id text references applications,
    add column renewed_at timestamptz,
    add column renewed_by text`,
  `create index approvals_pages on approvals (organisation, id desc)`,
  // Approvals to be asked for again before they lapse.
  `create index approvals_due on approvals (organisation, valid_until) where revoked_at is null and valid_until is not null`,
  // Who decided: where two must approve, the key keeps one person from counting twice.
  `create table application_decisions (
    application_id text not null references applications on delete cascade,
    actor text not null,
    decision text not null check (decision in ('approve', 'reject')),
    reason text,
    decided_at timestamptz not null,
    primary key (application_id, actor, decision)
  )`,
  // The overview counts the last month by state; statistics go by month of issue.
  `create index applications_recent on applications (organisation, created_at, state)`,
  `create index certificates_by_month on certificates (organisation, not_before)`,
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}
