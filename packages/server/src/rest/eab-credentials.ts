/** /v1/eab-credentials: make, list, revoke. The HMAC key is in the answer that makes it, and nowhere else. */
import { type Request, Router } from 'express'
import type { Environment } from '../issuance/ports/environment.js'
import { newId } from '../issuance/new-id.js'
import { type EabCredential, makeEabCredential } from '../policy/make-eab-credential.js'
import { insertApproval } from '../store/approvals.js'
import { appendAudit } from '../store/audit.js'
import type { Transaction } from '../store/database.js'
import {
  type EabView,
  endApproval,
  findEabView,
  listEabViews,
  revokeEabCredential,
} from '../store/eab-credentials.js'
import type { components } from './api-types.js'
import { callerOf, needScope } from './authenticate.js'
import { own } from './own.js'
import { readLimit } from './page.js'
import { readNamesOfApproval } from './read-names.js'
import { readTime } from './read-time.js'

type Schemas = components['schemas']

const timeOf = (date: Date | null): string | null => date?.toISOString() ?? null

const represent = (row: EabView): Schemas['EabCredential'] => ({
  kid: row.kid,
  organisation: row.organisation,
  subscriber: row.subscriber,
  names: row.names,
  reusable: row.reusable,
  usedAt: timeOf(row.used_at),
  expiresAt: timeOf(row.expires_at),
  revokedAt: timeOf(row.revoked_at),
  approvalId: row.approval_id,
  approvedUntil: timeOf(row.approved_until),
  approvalEndedAt: timeOf(row.approval_ended_at),
  createdBy: row.created_by,
  createdAt: row.created_at.toISOString(),
})

async function make(env: Environment, trx: Transaction, request: Request): Promise<EabCredential> {
  const { organisation, actor } = callerOf(request)
  const input = request.body as Schemas['EabCredentialInput']
  const now = env.now()
  const approval = {
    id: newId(),
    organisation,
    subscriber: input.subscriber,
    names: readNamesOfApproval(input.names, env.organisation(organisation)),
    approved_by: actor,
    valid_until: readTime(input.approvedUntil, 'approvedUntil', now),
    created_at: now,
  }
  await insertApproval(trx, approval)
  const { reusable } = input
  const expiresAt = readTime(input.expiresAt, 'expiresAt', now)
  const terms = { approval, reusable, expiresAt, createdBy: actor, now }
  const credential = await makeEabCredential(trx, env.vault, terms)
  const detail = { approval: approval.id, reusable, names: approval.names }
  await appendAudit(trx, [{ at: now, actor, action: 'eab.create', subject: credential.kid, detail }])
  return credential
}

const findOwn = async (trx: Transaction, request: Request): Promise<EabView> =>
  own(
    request,
    await findEabView(trx, callerOf(request).organisation, String(request.params.kid)),
    'EAB credential',
  )

async function revoke(env: Environment, trx: Transaction, request: Request): Promise<EabView> {
  const { kid, approval_id: approvalId } = await findOwn(trx, request)
  const { endApproval: wanted } = request.body as { endApproval: boolean }
  const now = env.now()
  const ended = wanted && (await endApproval(trx, approvalId, now))
  const revoked = await revokeEabCredential(trx, kid, now)
  const record = { at: now, actor: callerOf(request).actor }
  await appendAudit(trx, [
    ...(revoked ? [{ ...record, action: 'eab.revoke', subject: kid }] : []),
    ...(ended ? [{ ...record, action: 'approval.end', subject: approvalId }] : []),
  ])
  return findOwn(trx, request)
}

export function makeEabCredentials(env: Environment): Router {
  const router = Router()
  router.post('/', needScope('eab:write'), async (request, response) => {
    const { organisation } = callerOf(request)
    const answer = await env.db.transaction().execute(async (trx) => {
      const { kid, hmacKey } = await make(env, trx, request)
      const row = await findEabView(trx, organisation, kid)
      if (!row) throw new Error('A credential was made and is not there')
      return { credential: represent(row), hmacKey }
    })
    // RFC 9111 §5.2.2.5: the secret is kept by no cache.
    response.status(201).set('Cache-Control', 'no-store').json(answer)
  })
  router.get('/', needScope('eab:read', 'eab:write'), async (request, response) => {
    const { after, limit } = request.query as Record<string, string | undefined>
    const size = readLimit(limit)
    const rows = await listEabViews(env.db, callerOf(request).organisation, { after, limit: size })
    response.json({
      credentials: rows.map(represent),
      next: rows.length === size ? (rows.at(-1)?.kid ?? null) : null,
    })
  })
  router.post('/:kid/revoke', needScope('eab:write'), async (request, response) => {
    response.json(represent(await env.db.transaction().execute((trx) => revoke(env, trx, request))))
  })
  return router
}
