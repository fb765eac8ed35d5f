/** When which report was imported, so that the history is there. */
import type { Insertable } from 'kysely'
import type { Database } from './database.js'
import type { Tables } from './tables.js'

/** Which report of which issuance system. */
type Report = Pick<Insertable<Tables['report_imports']>, 'issuance_system' | 'name'>

/** Whether it was read for each of these organisations. */
export async function isImported(
  db: Database,
  { issuance_system: system, name }: Report,
  organisations: readonly string[],
): Promise<boolean> {
  const row = await db
    .selectFrom('report_imports')
    .select('organisations')
    .where('issuance_system', '=', system)
    .where('name', '=', name)
    .executeTakeFirst()
  return row !== undefined && organisations.every((id) => row.organisations.includes(id))
}

const HOUR_MS = 3_600_000
/** Longer than a reading takes. */
const CLAIM_MS = HOUR_MS

/**
 * Takes it upon this process to import a report once more, if that is due; of several only one does. It is due again
 * in an hour, should this process die over it. A time that is not yet was written by a clock that went back since.
 */
export async function claimImport(
  db: Database,
  { issuance_system: system, name }: Report,
  { now, everyHours }: { now: Date; everyHours: number },
): Promise<boolean> {
  const everyMs = everyHours * HOUR_MS
  const { numUpdatedRows } = await db
    .updateTable('report_imports')
    .set({ at: new Date(now.getTime() - Math.max(0, everyMs - CLAIM_MS)) })
    .where('issuance_system', '=', system)
    .where('name', '=', name)
    .where((eb) =>
      eb.or([
        eb('at', '<=', new Date(now.getTime() - everyMs)),
        eb('at', '>', new Date(now.getTime() + everyMs)),
      ]),
    )
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

/** It is due at once; what was never imported is so anyway. */
export async function makeImportDue(db: Database, { issuance_system: system, name }: Report): Promise<void> {
  await db
    .updateTable('report_imports')
    .set({ at: new Date(0) })
    .where('issuance_system', '=', system)
    .where('name', '=', name)
    .execute()
}

export async function markImported(db: Database, row: Insertable<Tables['report_imports']>): Promise<void> {
  await db
    .insertInto('report_imports')
    .values(row)
    .onConflict((conflict) =>
      conflict.columns(['issuance_system', 'name']).doUpdateSet((eb) => ({
        at: eb.ref('excluded.at'),
        organisations: eb.ref('excluded.organisations'),
      })),
    )
    .execute()
}
