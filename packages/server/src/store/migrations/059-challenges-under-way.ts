/** Which validations of an account are under way: they count against those that may fail. */
import { type Kysely, sql } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  const statement = `create index acme_challenges_under_way on acme_challenges (account_id) where status = 'processing'`
  await sql.raw(statement).execute(db)
}
