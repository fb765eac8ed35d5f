/** Batches that an operator carries by hand. */
import { type Kysely, sql } from 'kysely'

const statements = [
  `alter table batches add column handed_out_at timestamptz, add column handed_out_to text`,
  `create index batches_by_age on batches (organisation, id desc)`,
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}
