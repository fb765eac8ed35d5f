/** Which reports were imported once, so that the history is there. */
import type { Insertable } from 'kysely'
import type { Database } from './database.js'
import type { Tables } from './tables.js'

export const isImported = async (db: Database, system: string, name: string): Promise<boolean> =>
  (await db
    .selectFrom('report_imports')
    .select('at')
    .where('issuance_system', '=', system)
    .where('name', '=', name)
    .executeTakeFirst()) !== undefined

export async function markImported(db: Database, row: Insertable<Tables['report_imports']>): Promise<void> {
  await db
    .insertInto('report_imports')
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}
