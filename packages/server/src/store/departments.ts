/** Departments (部局): the service knows none; here they delegate approval of the names below theirs. */
import type { Database, Transaction } from './database.js'
import type { DepartmentRow } from './tables.js'

export const findDepartment = (db: Database | Transaction, id: string): Promise<DepartmentRow | undefined> =>
  db.selectFrom('departments').selectAll().where('id', '=', id).executeTakeFirst()
