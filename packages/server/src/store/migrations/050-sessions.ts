import { type Kysely, sql } from 'kysely'

const statements = [
  `create table console_sessions (
    token_sha256 bytea primary key,
    operator_id text not null references operators,
    way text not null check (way in ('link', 'certificate', 'oidc')),
    created_at timestamptz not null,
    seen_at timestamptz not null,
    expires_at timestamptz not null
  )`,
  `create index console_sessions_by_end on console_sessions (expires_at)`,
  `create index console_sessions_by_operator on console_sessions (operator_id)`,
  // Links are sealed, not stored: only that one was used is, until it would have ended anyway.
  `create table used_sign_in_links (token_sha256 bytea primary key, expires_at timestamptz not null)`,
  // Whether anybody ever signed in: until then the start shows a link.
  `create table console_opened (only_row boolean primary key default true check (only_row), at timestamptz not null)`,
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}
