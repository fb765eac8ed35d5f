/** For which organisations a report was imported: one that joins later has no history yet. */
import { type Kysely, sql } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  const statement = `alter table report_imports add column organisations text[] not null default '{}'`
  await sql.raw(statement).execute(db)
}
