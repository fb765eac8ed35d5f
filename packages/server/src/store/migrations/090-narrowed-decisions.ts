/** How far an approval goes is the word of each who approves: the narrowest of them holds. */
import { type Kysely, sql } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  const statement = `alter table application_decisions
    add column once boolean not null default false, add column until timestamptz`
  await sql.raw(statement).execute(db)
}
