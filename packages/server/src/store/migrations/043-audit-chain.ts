import { type Kysely, sql } from 'kysely'

/** Triggers refuse what the gateway never does; docs/operations.md says how to take the privileges away as well. */
const appendOnly = (table: string): string[] => [
  `create or replace function ${table}_is_append_only() returns trigger language plpgsql as $$
    begin raise exception '${table} is append-only'; end $$`,
  `drop trigger if exists ${table}_append_only on ${table}`,
  `create trigger ${table}_append_only before update or delete on ${table}
    for each row execute function ${table}_is_append_only()`,
  `create trigger ${table}_not_emptied before truncate on ${table}
    for each statement execute function ${table}_is_append_only()`,
]

const statements = [
  // No reference to audit_log: its check would lock and so rewrite each row there. The verifier misses what is gone.
  `create table audit_chain (
    position bigint primary key,
    seq bigint not null unique,
    organisation text,
    hash bytea not null,
    sealed_at timestamptz not null
  )`,
  `create index audit_chain_by_organisation on audit_chain (organisation, seq desc)`,
  ...appendOnly('audit_log'),
  ...appendOnly('audit_chain'),
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}
