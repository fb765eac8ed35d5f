/** The secret before the current one, which signs as well for a while, so that a receiver can change over. */
import { type Kysely, sql } from 'kysely'

const statements = [
  'alter table webhooks add column old_secret bytea',
  'alter table webhooks add column old_secret_until timestamptz',
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}
