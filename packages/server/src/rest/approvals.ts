/** /v1/approvals: lasting approvals; make, list, renew before they lapse, end. */
import { type Request, Router } from 'express'
import type { Environment } from '../issuance/ports/environment.js'
import { coversNames, isLive } from '../policy/approval.js'
import { confirmCaller } from '../policy/confirm-caller.js'
import {
  checkMayApproveAlone,
  endApprovalBy,
  makeApproval,
  renewApprovalBy,
} from '../policy/make-approval.js'
import { type ApprovalFilter, findApproval, listApprovals, lockApproval } from '../store/approvals.js'
import type { Transaction } from '../store/database.js'
import type { ApprovalRow } from '../store/tables.js'
import type { components } from './api-types.js'
import { callerOf, needScope } from './authenticate.js'
import { own } from './own.js'
import { nextOf, queryOf, readPage } from './page.js'
import { readNamesOfApproval } from './read-names.js'
import { readTime } from './read-time.js'

type Schemas = components['schemas']

const DAY_MS = 86_400_000

const timeOf = (date: Date | null): string | null => date?.toISOString() ?? null

const represent = (row: ApprovalRow, now: Date): Schemas['Approval'] => ({
  id: row.id,
  organisation: row.organisation,
  subscriber: row.subscriber,
  names: row.names,
  profiles: row.profiles,
  live: isLive(row, now),
  validUntil: timeOf(row.valid_until),
  endedAt: timeOf(row.revoked_at),
  applicationId: row.application_id,
  approvedBy: row.approved_by,
  renewedBy: row.renewed_by,
  renewedAt: timeOf(row.renewed_at),
  createdAt: row.created_at.toISOString(),
})

function readFilter(request: Request, now: Date): Omit<ApprovalFilter, 'limit'> {
  const { q, state, dueWithinDays } = queryOf(request)
  const { organisation, department } = callerOf(request)
  const days = dueWithinDays === undefined ? undefined : Number(dueWithinDays)
  return {
    organisation,
    q,
    state: state as ApprovalFilter['state'],
    dueBefore: days === undefined ? undefined : new Date(now.getTime() + days * DAY_MS),
    within: department?.names,
    now,
  }
}

async function make(env: Environment, trx: Transaction, request: Request): Promise<ApprovalRow> {
  const caller = callerOf(request)
  const organisation = env.organisation(caller.organisation)
  const { subscriber, names, profiles, validUntil } = request.body as Schemas['ApprovalInput']
  const now = env.now()
  await confirmCaller(trx, caller, 'approvals:write')
  checkMayApproveAlone(caller, organisation)
  const terms = {
    subscriber,
    names: readNamesOfApproval(names, organisation),
    profiles: profiles ?? null,
    validUntil: readTime(validUntil, 'validUntil', now),
    applicationId: null,
  }
  const id = await makeApproval(trx, caller, terms, now)
  return own(request, await findApproval(trx, id), 'approval')
}

/** One of another department is as unknown as one that does not exist. */
async function findVisible(env: Environment, request: Request): Promise<ApprovalRow> {
  const row = own(request, await findApproval(env.db, String(request.params.id)), 'approval')
  const { department } = callerOf(request)
  return own(request, department === null || coversNames(department, row.names) ? row : undefined, 'approval')
}

const lockOwn = async (trx: Transaction, request: Request): Promise<ApprovalRow> =>
  own(request, await lockApproval(trx, String(request.params.id)), 'approval')

async function renew(env: Environment, trx: Transaction, request: Request): Promise<ApprovalRow> {
  const caller = callerOf(request)
  const approval = await lockOwn(trx, request)
  const now = env.now()
  await confirmCaller(trx, caller, 'approvals:write')
  checkMayApproveAlone(caller, env.organisation(approval.organisation))
  const { validUntil } = request.body as { validUntil: string }
  const until = readTime(validUntil, 'validUntil', now)
  if (until) await renewApprovalBy(trx, caller, approval, { validUntil: until, now })
  return lockOwn(trx, request)
}

async function end(env: Environment, trx: Transaction, request: Request): Promise<ApprovalRow> {
  const approval = await lockOwn(trx, request)
  await endApprovalBy(trx, callerOf(request), approval, env.now())
  return lockOwn(trx, request)
}

export function makeApprovals(env: Environment): Router {
  const router = Router()
  const act = (path: string, work: typeof make, status = 200) =>
    router.post(path, needScope('approvals:write'), async (request, response) => {
      const row = await env.db.transaction().execute((trx) => work(env, trx, request))
      response.status(status).json(represent(row, env.now()))
    })
  router.get('/', needScope('approvals:read'), async (request, response) => {
    const now = env.now()
    const page = readPage(request)
    const rows = await listApprovals(env.db, { ...readFilter(request, now), ...page })
    response.json({
      approvals: rows.map((row) => represent(row, now)),
      next: nextOf(rows, page.limit, ({ id }) => id),
    })
  })
  router.get('/:id', needScope('approvals:read'), async (request, response) => {
    response.json(represent(await findVisible(env, request), env.now()))
  })
  act('/', make, 201)
  act('/:id/renew', renew)
  act('/:id/revoke', end)
  return router
}
