/** /v1/incidents: plan, look, confirm. */
import { type Request, Router } from 'express'
import { carryOutIncident, planIncident } from '../issuance/incidents.js'
import type { Environment } from '../issuance/ports/environment.js'
import { ProblemError } from '../problem/problem-error.js'
import { findIncident, listIncidents, type NewIncident } from '../store/incidents.js'
import { listPlanned, type PlannedCertificate } from '../store/inventory.js'
import type { IncidentRow } from '../store/tables.js'
import type { components } from './api-types.js'
import { callerOf, needScope } from './authenticate.js'
import { own } from './own.js'
import { nextOf, readPage } from './page.js'
import { readInstant } from './read-time.js'

type Schemas = components['schemas']

const represent = (row: NewIncident & Partial<IncidentRow>): Schemas['Incident'] => ({
  id: row.id,
  organisation: row.organisation,
  action: row.action,
  terms: { ...row.terms },
  criteria: row.criteria as Schemas['IncidentCriteria'],
  count: row.serials.length,
  createdBy: row.created_by,
  createdAt: row.created_at.toISOString(),
  confirmedBy: row.confirmed_by ?? null,
  confirmedAt: row.confirmed_at?.toISOString() ?? null,
})

const representPlanned = (row: PlannedCertificate): Schemas['PlannedCertificate'] => ({
  serial: row.serial,
  commonName: row.common_name,
  names: row.names,
  notAfter: row.not_after.toISOString(),
  status: row.status,
})

/** Serials alone tell nobody what is about to be revoked. */
async function representWhole(
  env: Environment,
  row: NewIncident & Partial<IncidentRow>,
): Promise<Schemas['IncidentWithCertificates']> {
  return { ...represent(row), certificates: (await listPlanned(env.db, row)).map(representPlanned) }
}

/** A plan names certificates of the whole organisation: a department's operator sees none. */
async function findOwn(env: Environment, request: Request): Promise<IncidentRow> {
  const row = await findIncident(env.db, String(request.params.id))
  return own(request, callerOf(request).department === null ? row : undefined, 'incident')
}

/** @throws ProblemError when a re-issue is to end in the past */
function readTerms({ action, ...terms }: Schemas['IncidentInput'], now: Date): IncidentRow['terms'] {
  if (action.type === 'revoke') return { reason: action.reason, comment: action.comment }
  if (new Date(action.replaceBy) > now)
    return { replaceBy: action.replaceBy, explanationUrl: action.explanationUrl }
  throw new ProblemError('applicationsRefused', 'replaceBy is in the past', {
    ja: 'replaceBy に過去の時刻が指定されています。',
    members: terms,
  })
}

async function plan(env: Environment, request: Request): Promise<Schemas['IncidentWithCertificates']> {
  const { organisation, actor } = callerOf(request)
  const input = request.body as Schemas['IncidentInput']
  const { serials, issuer, category, issuedFrom, issuedBefore, q } = input.criteria
  const filter = {
    ...{ serials, issuer, category, q },
    ...{
      issuedFrom: readInstant(issuedFrom, 'issuedFrom'),
      issuedBefore: readInstant(issuedBefore, 'issuedBefore'),
    },
  }
  const wanted = {
    organisation,
    action: input.action.type,
    terms: readTerms(input, env.now()),
    filter,
    actor,
  }
  const row = await env.db.transaction().execute((trx) => planIncident(env, trx, wanted))
  return representWhole(env, { ...row, criteria: input.criteria })
}

async function confirm(env: Environment, request: Request): Promise<{ count: number }> {
  const incident = await findOwn(env, request)
  const { count: seen } = request.body as { count: number }
  const { actor } = callerOf(request)
  const count = await env.db
    .transaction()
    .execute((trx) => carryOutIncident(env, trx, incident, { seen, actor }))
  env.ring('assemble')
  return { count }
}

export function makeIncidents(env: Environment): Router {
  const router = Router()
  router.post('/', needScope('certificates:write'), async (request, response) => {
    response.status(201).json(await plan(env, request))
  })
  router.get('/', needScope('certificates:read'), async (request, response) => {
    const page = readPage(request)
    const { organisation, department } = callerOf(request)
    const rows = department === null ? await listIncidents(env.db, organisation, page) : []
    response.json({ incidents: rows.map(represent), next: nextOf(rows, page.limit, ({ id }) => id) })
  })
  router.get('/:id', needScope('certificates:read'), async (request, response) => {
    response.json(await representWhole(env, await findOwn(env, request)))
  })
  router.post('/:id/confirm', needScope('certificates:write'), async (request, response) => {
    response.json(await confirm(env, request))
  })
  return router
}
