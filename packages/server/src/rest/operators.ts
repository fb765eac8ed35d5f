/** /v1/operators: who may act for the organisation. */
import { type Request, Router } from 'express'
import type { Environment } from '../issuance/ports/environment.js'
import { changeOperator, explainDoubles, makeOperator } from '../policy/change-operator.js'
import { type Role, scopesOf } from '../policy/scopes.js'
import type { Transaction } from '../store/database.js'
import { findOperator, listOperators, type OperatorChange, type OperatorView } from '../store/operators.js'
import type { components } from './api-types.js'
import { callerOf, needScope } from './authenticate.js'
import { own } from './own.js'
import { nextOf, queryOf, readPage } from './page.js'

type Schemas = components['schemas']

export const representOperator = (row: OperatorView): Schemas['Operator'] => ({
  id: row.id,
  organisation: row.organisation,
  displayName: row.display_name,
  email: row.email,
  role: row.role,
  scopes: [...scopesOf(row.role)],
  department: row.department_id,
  certificateSha256: row.certificate_sha256,
  oidc:
    row.oidc_issuer === null || row.oidc_subject === null
      ? null
      : { issuer: row.oidc_issuer, subject: row.oidc_subject },
  disabledAt: row.disabled_at?.toISOString() ?? null,
  createdAt: row.created_at.toISOString(),
})

/** As openssl, browsers and certificate managers print it, or plain. */
const plainFingerprint = (text: string): string => text.replaceAll(':', '').toLowerCase()

/** Only the members that were sent. */
function toChange(input: Schemas['OperatorChange'], now: Date): OperatorChange {
  const { displayName, email, role, department, certificateSha256, oidc, disabled } = input
  return {
    updated_at: now,
    ...(displayName !== undefined && { display_name: displayName }),
    ...(email !== undefined && { email }),
    ...(role !== undefined && { role }),
    ...(department !== undefined && { department_id: department }),
    ...(certificateSha256 !== undefined && {
      certificate_sha256: certificateSha256 && plainFingerprint(certificateSha256),
    }),
    ...(oidc !== undefined && { oidc_issuer: oidc?.issuer ?? null, oidc_subject: oidc?.subject ?? null }),
    ...(disabled !== undefined && { disabled_at: disabled ? now : null }),
  }
}

function make(env: Environment, trx: Transaction, request: Request): Promise<string> {
  const input = request.body as Schemas['OperatorInput']
  const terms = {
    display_name: input.displayName,
    email: input.email ?? null,
    role: input.role,
    department_id: input.department ?? null,
    certificate_sha256: input.certificateSha256 ? plainFingerprint(input.certificateSha256) : null,
    oidc_issuer: input.oidc?.issuer ?? null,
    oidc_subject: input.oidc?.subject ?? null,
  }
  return makeOperator(trx, callerOf(request), terms, env.now())
}

const findOwn = async (db: Environment['db'] | Transaction, request: Request): Promise<OperatorView> =>
  own(request, await findOperator(db, String(request.params.id)), 'operator')

export function makeOperators(env: Environment): Router {
  const router = Router()
  const inTransaction = <T>(work: (trx: Transaction) => Promise<T>) =>
    explainDoubles(() => env.db.transaction().execute(work))
  router.get('/', needScope('people:read'), async (request, response) => {
    const { q, role } = queryOf(request)
    const { organisation } = callerOf(request)
    const page = readPage(request)
    const rows = await listOperators(env.db, { organisation, q, role: role as Role | undefined, ...page })
    response.json({
      operators: rows.map(representOperator),
      next: nextOf(rows, page.limit, ({ id }) => id),
    })
  })
  router.get('/:id', needScope('people:read'), async (request, response) => {
    response.json(representOperator(await findOwn(env.db, request)))
  })
  router.post('/', needScope('admin'), async (request, response) => {
    const id = await inTransaction((trx) => make(env, trx, request))
    response.status(201).json(representOperator(own(request, await findOperator(env.db, id), 'operator')))
  })
  router.patch('/:id', needScope('admin'), async (request, response) => {
    const row = await inTransaction(async (trx) => {
      const current = await findOwn(trx, request)
      const change = toChange(request.body as Schemas['OperatorChange'], env.now())
      await changeOperator(trx, callerOf(request), current, change)
      return findOwn(trx, request)
    })
    response.json(representOperator(row))
  })
  return router
}
