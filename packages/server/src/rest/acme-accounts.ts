/** /v1/acme-accounts: what ACME clients have registered, their orders, and an end to an account. */
import { type Request, Router } from 'express'
import type { Environment } from '../issuance/ports/environment.js'
import { stopAccount } from '../issuance/stop-account.js'
import { lockAccount } from '../store/acme-accounts.js'
import type { AccountRow } from '../store/acme-tables.js'
import {
  type AccountView,
  findAccountView,
  listAccountViews,
  listOrderSummaries,
  type OrderSummary,
} from '../store/acme-views.js'
import type { Transaction } from '../store/database.js'
import type { components } from './api-types.js'
import { callerOf, needScope } from './authenticate.js'
import { own } from './own.js'
import { nextOf, queryOf, readPage } from './page.js'

type Schemas = components['schemas']

const latest = (a: Date, b: Date | null): Date => (b !== null && b > a ? b : a)

const represent = (row: AccountView): Schemas['AcmeAccount'] => ({
  id: row.id,
  organisation: row.organisation,
  status: row.status,
  contact: row.contact,
  eabKid: row.eab_kid,
  approvalId: row.approval_id,
  thumbprint: row.thumbprint,
  createdAt: row.created_at.toISOString(),
  lastSeenAt: latest(row.updated_at, row.last_order_at).toISOString(),
})

const representOrder = (row: OrderSummary): Schemas['AcmeOrder'] => ({
  id: row.id,
  names: row.names,
  profile: row.profile,
  software: row.software,
  stage: row.stage,
  open: row.is_open,
  applicationId: row.application_id,
  applicationState: row.application_state,
  expiresAt: row.expires_at.toISOString(),
  createdAt: row.created_at.toISOString(),
})

const findOwn = async (db: Environment['db'] | Transaction, request: Request): Promise<AccountView> =>
  own(request, await findAccountView(db, String(request.params.id)), 'ACME account')

/** One that has ended stays as it is. */
async function deactivate(env: Environment, trx: Transaction, request: Request): Promise<AccountView> {
  const { id } = await findOwn(trx, request)
  const account = await lockAccount(trx, id)
  const { actor } = callerOf(request)
  if (account?.status === 'valid') await stopAccount(trx, id, { status: 'revoked', actor, now: env.now() })
  return findOwn(trx, request)
}

export function makeAcmeAccounts(env: Environment): Router {
  const router = Router()
  router.get('/', needScope('accounts:read'), async (request, response) => {
    const { status, eabKid } = queryOf(request)
    const page = readPage(request)
    const rows = await listAccountViews(env.db, {
      organisation: callerOf(request).organisation,
      status: status as AccountRow['status'] | undefined,
      eabKid,
      ...page,
    })
    response.json({ accounts: rows.map(represent), next: nextOf(rows, page.limit, ({ id }) => id) })
  })
  router.get('/:id', needScope('accounts:read'), async (request, response) => {
    response.json(represent(await findOwn(env.db, request)))
  })
  router.get('/:id/orders', needScope('accounts:read'), async (request, response) => {
    const { id } = await findOwn(env.db, request)
    const page = readPage(request)
    const rows = await listOrderSummaries(env.db, id, page)
    response.json({ orders: rows.map(representOrder), next: nextOf(rows, page.limit, (row) => row.id) })
  })
  router.post('/:id/deactivate', needScope('accounts:write'), async (request, response) => {
    response.json(represent(await env.db.transaction().execute((trx) => deactivate(env, trx, request))))
  })
  return router
}
