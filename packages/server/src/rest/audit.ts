/** /v1/audit: who did what, and whether the record is whole. */
import { Router } from 'express'
import { sealAudit } from '../audit/seal-audit.js'
import { verifyAudit } from '../audit/verify-audit.js'
import type { Environment } from '../issuance/ports/environment.js'
import { findHead } from '../store/audit-chain.js'
import { type AuditRow, listAudit } from '../store/audit-list.js'
import type { components } from './api-types.js'
import { callerOf, needScope } from './authenticate.js'
import { nextOf, queryOf, readPage } from './page.js'
import { readInstant } from './read-time.js'

type Schemas = components['schemas']

const DEFAULT_LAST = 10_000

const represent = (row: AuditRow): Schemas['AuditEntry'] => ({
  seq: row.seq,
  at: row.at.toISOString(),
  actor: row.actor,
  action: row.action,
  subject: row.subject,
  detail: row.detail,
  position: row.position,
  hash: row.hash.toString('hex'),
})

export function makeAudit(env: Environment): Router {
  const router = Router()
  router.use(needScope('audit:read'))
  router.get('/', async (request, response) => {
    // What was done a moment ago is there too.
    await sealAudit(env, { wait: true })
    const { actor, action, subject, from, to } = queryOf(request)
    const page = readPage(request)
    const rows = await listAudit(env.db, {
      organisation: callerOf(request).organisation,
      withCommon: env.config.organisations.length === 1,
      ...{ actor, action, subject, from: readInstant(from, 'from'), to: readInstant(to, 'to') },
      ...page,
    })
    response.json({ entries: rows.map(represent), next: nextOf(rows, page.limit, ({ seq }) => seq) })
  })
  router.get('/verification', async (request, response) => {
    await sealAudit(env, { wait: true })
    const last = BigInt(queryOf(request).last ?? DEFAULT_LAST)
    const head = BigInt((await findHead(env.db))?.position ?? 0)
    response.json(await verifyAudit(env.db, { after: head > last ? head - last : 0n }))
  })
  return router
}
