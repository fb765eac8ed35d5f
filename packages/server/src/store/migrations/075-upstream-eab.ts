import { type Kysely, sql } from 'kysely'

const statements = [
  `create table upstream_eab (
    application_id text primary key references applications (id) on delete cascade,
    organisation text not null,
    key_id text not null,
    sealed_key bytea,
    directory_url text,
    given_by text not null,
    given_at timestamptz not null,
    link_sha256 bytea not null unique,
    link_expires_at timestamptz not null,
    taken_at timestamptz
  )`,
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}
