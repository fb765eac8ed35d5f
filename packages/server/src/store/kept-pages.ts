/** Pages of the service that were not understood, for an operator to look at. */
import type { Selectable } from 'kysely'
import type { Database } from './database.js'
import type { Tables } from './tables.js'

type KeptPage = Selectable<Tables['kept_pages']>

export async function insertKeptPage(db: Database, row: KeptPage): Promise<void> {
  await db.insertInto('kept_pages').values(row).execute()
}

/** The newest of a batch, newest first. */
export const listKeptPages = (db: Database, batchId: string): Promise<KeptPage[]> =>
  db
    .selectFrom('kept_pages')
    .selectAll()
    .where('batch_id', '=', batchId)
    .orderBy('id', 'desc')
    .limit(10)
    .execute()
