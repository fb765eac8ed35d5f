/** Departments (部局): the service knows none; here they delegate approval of the names below theirs. */
import type { Database, Transaction } from './database.js'
import { containing } from './containing.js'
import type { DepartmentRow } from './tables.js'

export const findDepartment = (db: Database | Transaction, id: string): Promise<DepartmentRow | undefined> =>
  db.selectFrom('departments').selectAll().where('id', '=', id).executeTakeFirst()

/** Newest first. */
export function listDepartments(
  db: Database,
  filter: { organisation: string; q?: string; after?: string; limit: number },
): Promise<DepartmentRow[]> {
  let query = db.selectFrom('departments').selectAll().where('organisation', '=', filter.organisation)
  if (filter.q) query = query.where('name', 'ilike', containing(filter.q))
  if (filter.after) query = query.where('id', '<', filter.after)
  return query.orderBy('id', 'desc').limit(filter.limit).execute()
}

export async function insertDepartment(trx: Transaction, row: DepartmentRow): Promise<void> {
  await trx.insertInto('departments').values(row).execute()
}

export async function updateDepartment(
  trx: Transaction,
  id: string,
  change: Partial<Pick<DepartmentRow, 'name' | 'names'>> & { updated_at: Date },
): Promise<void> {
  await trx.updateTable('departments').set(change).where('id', '=', id).execute()
}

/** @throws a violation of `operators_department_id_fkey` while operators belong to it */
export async function deleteDepartment(trx: Transaction, id: string): Promise<void> {
  await trx.deleteFrom('departments').where('id', '=', id).execute()
}
