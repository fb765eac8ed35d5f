/** Whether an organisation has an urgent application waiting, without a look at all that wait. */
import { type Kysely, sql } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  const statement = `create index applications_urgent on applications (organisation) where state = 'queued' and priority = 2`
  await sql.raw(statement).execute(db)
}
