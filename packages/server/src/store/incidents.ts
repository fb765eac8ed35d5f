/** Incidents: acts on many certificates at once, planned first and confirmed then. */
import type { Database, Transaction } from './database.js'
import type { IncidentRow } from './tables.js'

export type NewIncident = Omit<IncidentRow, 'confirmed_by' | 'confirmed_at'>

export async function insertIncident(trx: Transaction, row: NewIncident): Promise<void> {
  await trx
    .insertInto('incidents')
    .values({ ...row, criteria: JSON.stringify(row.criteria), terms: JSON.stringify(row.terms) })
    .execute()
}

export const findIncident = (db: Database | Transaction, id: string): Promise<IncidentRow | undefined> =>
  db.selectFrom('incidents').selectAll().where('id', '=', id).executeTakeFirst()

/** Newest first. */
export function listIncidents(
  db: Database,
  organisation: string,
  page: { after?: string; limit: number },
): Promise<IncidentRow[]> {
  let query = db.selectFrom('incidents').selectAll().where('organisation', '=', organisation)
  if (page.after) query = query.where('id', '<', page.after)
  return query.orderBy('id', 'desc').limit(page.limit).execute()
}

/** @returns false when it was confirmed before; of two at once one gets true */
export async function confirmIncident(
  trx: Transaction,
  id: string,
  { now, by }: { now: Date; by: string },
): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('incidents')
    .set({ confirmed_by: by, confirmed_at: now })
    .where('id', '=', id)
    .where('confirmed_at', 'is', null)
    .executeTakeFirst()
  return numUpdatedRows === 1n
}
