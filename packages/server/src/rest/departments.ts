/** /v1/departments: whose approvers decide about which names. */
import { type Request, Router } from 'express'
import { newId } from '../issuance/new-id.js'
import type { Environment } from '../issuance/ports/environment.js'
import { type ConflictWords, explainConflict } from '../problem/explain-conflict.js'
import { appendAudit } from '../store/audit.js'
import type { Transaction } from '../store/database.js'
import {
  deleteDepartment,
  findDepartment,
  insertDepartment,
  listDepartments,
  updateDepartment,
} from '../store/departments.js'
import type { DepartmentRow } from '../store/tables.js'
import type { components } from './api-types.js'
import { callerOf, needScope } from './authenticate.js'
import { own } from './own.js'
import { nextOf, queryOf, readPage } from './page.js'
import { readNamesOfApproval } from './read-names.js'

type Schemas = components['schemas']

const represent = (row: DepartmentRow): Schemas['Department'] => ({
  id: row.id,
  organisation: row.organisation,
  name: row.name,
  names: row.names,
  createdAt: row.created_at.toISOString(),
  updatedAt: row.updated_at.toISOString(),
})

const conflicts: ConflictWords = {
  departments_organisation_name_key: ['Another department has this name', 'この名前の部局は既にあります。'],
  operators_department_id_fkey: [
    'Operators belong to this department; give them another one first',
    'この部局に属する登録担当者がいます。先に所属を変更してください。',
  ],
}

const findOwn = async (db: Environment['db'] | Transaction, request: Request): Promise<DepartmentRow> =>
  own(request, await findDepartment(db, String(request.params.id)), 'department')

/** An act on a department with its record. */
async function record(
  env: Environment,
  trx: Transaction,
  request: Request,
  { action, id, names }: { action: string; id: string; names?: readonly string[] },
): Promise<void> {
  const { actor } = callerOf(request)
  await appendAudit(trx, [
    { at: env.now(), actor, action: `department.${action}`, subject: id, detail: { names } },
  ])
}

async function make(env: Environment, trx: Transaction, request: Request): Promise<DepartmentRow> {
  const { organisation } = callerOf(request)
  const input = request.body as Schemas['DepartmentInput']
  const names = readNamesOfApproval(input.names, env.organisation(organisation))
  const now = env.now()
  const row = { id: newId(), organisation, name: input.name, names, created_at: now, updated_at: now }
  await insertDepartment(trx, row)
  await record(env, trx, request, { action: 'create', id: row.id, names })
  return row
}

async function change(env: Environment, trx: Transaction, request: Request): Promise<DepartmentRow> {
  const { id, organisation } = await findOwn(trx, request)
  const { name, names: asked } = request.body as Schemas['DepartmentChange']
  const names = asked && readNamesOfApproval(asked, env.organisation(organisation))
  await updateDepartment(trx, id, { updated_at: env.now(), ...(name && { name }), ...(names && { names }) })
  await record(env, trx, request, { action: 'change', id, names })
  return findOwn(trx, request)
}

async function remove(env: Environment, trx: Transaction, request: Request): Promise<void> {
  const { id } = await findOwn(trx, request)
  await deleteDepartment(trx, id)
  await record(env, trx, request, { action: 'delete', id })
}

export function makeDepartments(env: Environment): Router {
  const router = Router()
  const inTransaction = <T>(work: (trx: Transaction) => Promise<T>) =>
    explainConflict(conflicts, () => env.db.transaction().execute(work))
  router.get('/', needScope('people:read'), async (request, response) => {
    const { organisation } = callerOf(request)
    const page = readPage(request)
    const rows = await listDepartments(env.db, { organisation, q: queryOf(request).q, ...page })
    response.json({ departments: rows.map(represent), next: nextOf(rows, page.limit, ({ id }) => id) })
  })
  router.get('/:id', needScope('people:read'), async (request, response) => {
    response.json(represent(await findOwn(env.db, request)))
  })
  router.post('/', needScope('admin'), async (request, response) => {
    response.status(201).json(represent(await inTransaction((trx) => make(env, trx, request))))
  })
  router.patch('/:id', needScope('admin'), async (request, response) => {
    response.json(represent(await inTransaction((trx) => change(env, trx, request))))
  })
  router.delete('/:id', needScope('admin'), async (request, response) => {
    await inTransaction((trx) => remove(env, trx, request))
    response.status(204).end()
  })
  return router
}
