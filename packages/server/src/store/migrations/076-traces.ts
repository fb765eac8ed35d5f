/** The traceparent (W3C Trace Context §3.2) of what accepted an application, and of what sealed a batch. */
import { type Kysely, sql } from 'kysely'

const statements = [
  'alter table applications add column traceparent text',
  'alter table batches add column traceparent text',
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}
