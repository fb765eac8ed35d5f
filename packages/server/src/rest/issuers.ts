/** /v1/issuers: which CA issued how many valid certificates, and when it ends itself. */
import { Router } from 'express'
import type { Environment } from '../issuance/ports/environment.js'
import { type IssuerRow, listIssuers } from '../store/issuers.js'
import type { components } from './api-types.js'
import { callerOf, needScope } from './authenticate.js'
import { inspectCertificates } from './inspections.js'

type Schemas = components['schemas']

const represent = (row: IssuerRow): Schemas['Issuer'] => ({
  name: row.issuer_dn,
  valid: row.valid,
  firstEndsAt: row.first_ends_at.toISOString(),
  lastEndsAt: row.last_ends_at.toISOString(),
  chain: inspectCertificates(row.chain_pem ?? ''),
})

export function makeIssuers(env: Environment): Router {
  const router = Router()
  router.get('/', needScope('certificates:read'), async (request, response) => {
    const { organisation } = callerOf(request)
    const rows = await listIssuers(env.db, { organisation, now: env.now() })
    response.json({ issuers: rows.map(represent) })
  })
  return router
}
