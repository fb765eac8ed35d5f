/** /v1/subscribers: who answers for servers. */
import { type Request, Router } from 'express'
import { newId } from '../issuance/new-id.js'
import type { Environment } from '../issuance/ports/environment.js'
import { type ConflictWords, explainConflict } from '../problem/explain-conflict.js'
import { appendAudit } from '../store/audit.js'
import type { Transaction } from '../store/database.js'
import {
  findSubscriber,
  insertSubscriber,
  listSubscribers,
  takeOverSubscribers,
  updateSubscriber,
} from '../store/subscribers.js'
import type { SubscriberRow } from '../store/tables.js'
import type { components } from './api-types.js'
import { callerOf, needScope } from './authenticate.js'
import { own } from './own.js'
import { nextOf, queryOf, readPage } from './page.js'

type Schemas = components['schemas']

const represent = (row: SubscriberRow): Schemas['StoredSubscriber'] => ({
  id: row.id,
  organisation: row.organisation,
  email: row.email,
  name: row.name,
  department: row.department,
  note: row.note,
  createdAt: row.created_at.toISOString(),
  updatedAt: row.updated_at.toISOString(),
})

const conflicts: ConflictWords = {
  subscribers_one_per_email: [
    'There is a subscriber with this e-mail address',
    'このメールアドレスの利用管理者は既に登録されています。',
  ],
}

const findOwn = async (db: Environment['db'] | Transaction, request: Request): Promise<SubscriberRow> =>
  own(request, await findSubscriber(db, String(request.params.id)), 'subscriber')

/** The record names members, never their values: they are personal data. */
async function record(
  trx: Transaction,
  request: Request,
  entry: { at: Date; action: string; subject: string },
): Promise<void> {
  const changed = Object.keys(request.body as object)
  await appendAudit(trx, [{ ...entry, actor: callerOf(request).actor, detail: { changed } }])
}

async function make(env: Environment, trx: Transaction, request: Request): Promise<SubscriberRow> {
  const { email, name, department, note } = request.body as Schemas['SubscriberInput']
  const now = env.now()
  const row = {
    id: newId(),
    organisation: callerOf(request).organisation,
    email,
    name: name ?? null,
    department: department ?? null,
    note: note ?? null,
    created_at: now,
    updated_at: now,
  }
  await insertSubscriber(trx, row)
  await record(trx, request, { at: now, action: 'subscriber.create', subject: row.id })
  return row
}

async function change(env: Environment, trx: Transaction, request: Request): Promise<SubscriberRow> {
  const { id } = await findOwn(trx, request)
  const now = env.now()
  await updateSubscriber(trx, id, { ...(request.body as Schemas['SubscriberChange']), updated_at: now })
  await record(trx, request, { at: now, action: 'subscriber.change', subject: id })
  return findOwn(trx, request)
}

export function makeSubscribers(env: Environment): Router {
  const router = Router()
  const inTransaction = <T>(work: (trx: Transaction) => Promise<T>) =>
    explainConflict(conflicts, () => env.db.transaction().execute(work))
  router.get('/', needScope('subscribers:read'), async (request, response) => {
    const { organisation } = callerOf(request)
    await takeOverSubscribers(env.db, organisation, env.now())
    const page = readPage(request)
    const rows = await listSubscribers(env.db, { organisation, q: queryOf(request).q, ...page })
    response.json({ subscribers: rows.map(represent), next: nextOf(rows, page.limit, ({ email }) => email) })
  })
  router.get('/:id', needScope('subscribers:read'), async (request, response) => {
    response.json(represent(await findOwn(env.db, request)))
  })
  router.post('/', needScope('subscribers:write'), async (request, response) => {
    response.status(201).json(represent(await inTransaction((trx) => make(env, trx, request))))
  })
  router.patch('/:id', needScope('subscribers:write'), async (request, response) => {
    response.json(represent(await inTransaction((trx) => change(env, trx, request))))
  })
  return router
}
