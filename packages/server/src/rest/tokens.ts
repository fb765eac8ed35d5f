/** /v1/tokens: make, list, revoke. The token is in the answer that makes it, and nowhere else. */
import { type Request, Router } from 'express'
import type { Environment } from '../issuance/ports/environment.js'
import { makeTokenFor, revokeTokenBy } from '../policy/make-token.js'
import { ProblemError } from '../problem/problem-error.js'
import type { Transaction } from '../store/database.js'
import type { TokenRow } from '../store/tables.js'
import { findTokenById, listTokens } from '../store/tokens.js'
import type { components } from './api-types.js'
import { callerOf, needScope } from './authenticate.js'
import { own } from './own.js'
import { nextOf, queryOf, readPage } from './page.js'
import { readTime } from './read-time.js'

type Schemas = components['schemas']

const DAY_MS = 86_400_000
const DEFAULT_DAYS = 365
/** Two years: what is not asked for anew by then is forgotten by whoever holds it. */
const MAX_DAYS = 731

const represent = (row: TokenRow): Schemas['Token'] => ({
  id: row.id,
  organisation: row.organisation,
  name: row.name,
  operator: row.operator_id,
  scopes: row.scopes,
  createdBy: row.created_by,
  createdAt: row.created_at.toISOString(),
  expiresAt: row.expires_at?.toISOString() ?? null,
  revokedAt: row.revoked_at?.toISOString() ?? null,
})

function readExpiry({ expiresAt }: Schemas['TokenInput'], now: Date): Date {
  const time = readTime(expiresAt, 'expiresAt', now) ?? new Date(now.getTime() + DEFAULT_DAYS * DAY_MS)
  if (time.getTime() <= now.getTime() + MAX_DAYS * DAY_MS) return time
  throw new ProblemError('applicationsRefused', `expiresAt is more than ${MAX_DAYS} days ahead`, {
    ja: `expiresAt は${MAX_DAYS}日以内で指定してください。`,
  })
}

/** Whoever does not look after people sees and revokes only his own. */
const seesAll = (request: Request): boolean => callerOf(request).scopes.includes('people:read')

function ownToken(request: Request, row: TokenRow | undefined, all: boolean): TokenRow {
  const { operatorId } = callerOf(request)
  const visible = all || (row !== undefined && row.operator_id !== null && row.operator_id === operatorId)
  return own(request, visible ? row : undefined, 'token')
}

async function make(env: Environment, trx: Transaction, request: Request) {
  const input = request.body as Schemas['TokenInput']
  const { name, scopes, operator } = input
  const expiresAt = readExpiry(input, env.now())
  const terms = { name, scopes, operatorId: operator ?? null, expiresAt }
  const { id, value } = await makeTokenFor(trx, callerOf(request), terms, env.now())
  return { token: represent(own(request, await findTokenById(trx, id), 'token')), value }
}

async function revoke(env: Environment, trx: Transaction, request: Request): Promise<TokenRow> {
  const id = String(request.params.id)
  const caller = callerOf(request)
  const find = async () => ownToken(request, await findTokenById(trx, id), caller.scopes.includes('admin'))
  await revokeTokenBy(trx, caller, await find(), env.now())
  return find()
}

export function makeTokens(env: Environment): Router {
  const router = Router()
  router.use(needScope('tokens:write', 'people:read'))
  router.get('/', async (request, response) => {
    const { organisation, operatorId } = callerOf(request)
    const { limit, after } = readPage(request)
    const asked = queryOf(request).operator
    // A token of a program belongs to nobody: it sees no others.
    const mine = operatorId ?? '-'
    const whose = seesAll(request) ? asked : mine
    const rows = await listTokens(env.db, { organisation, operatorId: whose, after, limit })
    response.json({ tokens: rows.map(represent), next: nextOf(rows, limit, ({ id }) => id) })
  })
  router.post('/', needScope('tokens:write'), async (request, response) => {
    const made = await env.db.transaction().execute((trx) => make(env, trx, request))
    // RFC 9111 §5.2.2.5: the secret is kept by no cache.
    response.status(201).set('Cache-Control', 'no-store').json(made)
  })
  router.post('/:id/revoke', needScope('tokens:write'), async (request, response) => {
    response.json(represent(await env.db.transaction().execute((trx) => revoke(env, trx, request))))
  })
  return router
}
