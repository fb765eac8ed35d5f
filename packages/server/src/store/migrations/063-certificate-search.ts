/**
 * Parts of names, subjects and serials are found by their trigrams, where PostgreSQL has them (pg_trgm, since version 13 any owner
 * of a database may have it). Without them, as in the embedded store, a search looks at every certificate of the organisation.
 */
import { type Kysely, sql } from 'kysely'

/** Each on a line of its own, so that nothing is found across two of them. */
const text = `create function searchable_certificate(common_name text, subject_dn text, serial text, names text[])
  returns text language sql immutable parallel safe as
  $$ select common_name || E'\\n' || subject_dn || E'\\n' || serial || E'\\n' || array_to_string(names, E'\\n') $$`

/** What cannot be had is done without. */
const index = `do $$ begin
    create extension if not exists pg_trgm;
    create index certificates_searched on certificates
      using gin (searchable_certificate(common_name, subject_dn, serial, names) gin_trgm_ops);
  exception when others then raise warning 'certificates are searched without an index: %', sqlerrm;
  end $$`

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [text, index]) await sql.raw(statement).execute(db)
}
