import { type Kysely, sql } from 'kysely'

const statements = [
  `create table subscribers (
    id text primary key,
    organisation text not null,
    email text not null,
    name text,
    department text,
    note text,
    created_at timestamptz not null,
    updated_at timestamptz not null
  )`,
  `create unique index subscribers_one_per_email on subscribers (organisation, lower(email))`,
  // Up to when subscribers were taken over from applications.
  `create table subscriber_marks (organisation text primary key, until timestamptz not null)`,
  // When an account was last seen: its newest order is one read.
  `create index acme_accounts_pages on acme_accounts (organisation, id desc)`,
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}
