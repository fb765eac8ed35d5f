/** /v1/applications: apply, list, look, approve, reject. */
import { type ApplicationInput, fromJson } from '@upki-gateway/shared/application'
import type { Finding } from '@upki-gateway/shared/problem'
import { type Request, Router } from 'express'
import { acceptApplications, type AcceptOutcome } from '../issuance/accept-applications.js'
import { cancelApplication } from '../issuance/cancel-application.js'
import { decideApplication } from '../issuance/decide-application.js'
import type { Environment } from '../issuance/ports/environment.js'
import type { ApplicationState } from '../issuance/states.js'
import { ProblemError } from '../problem/problem-error.js'
import { findApplication, listApplications } from '../store/applications.js'
import type { Transaction } from '../store/database.js'
import type { ApplicationRow } from '../store/tables.js'
import type { Caller } from '../policy/caller.js'
import { callerOf, needScope } from './authenticate.js'
import { Found } from './found.js'
import { type Answer, answerOnce, sendAnswer } from './idempotency.js'
import { own } from './own.js'
import { inserted, representApplication } from './represent.js'

const DEFAULT_PAGE = 50

export function refuse(findings: readonly Finding[] | Found): never {
  const { shown, leftOut, wrongRows } = findings instanceof Found ? findings : new Found(findings)
  throw new ProblemError(
    'applicationsRefused',
    `${wrongRows} row(s) have errors; correct them and send all rows again`,
    {
      ja: `${wrongRows}行に誤りがあります。直してすべての行を送り直してください。`,
      findings: shown,
      members: { findingsLeftOut: leftOut },
    },
  )
}

/** @throws ProblemError with one finding per row and field that is unknown or of a wrong type */
export function readInputs(body: unknown): ApplicationInput[] {
  const values = Array.isArray(body) ? (body as unknown[]) : [body]
  const found = new Found()
  const inputs: ApplicationInput[] = []
  for (const [index, value] of values.entries()) {
    const read = fromJson(value, index + 1)
    if (Array.isArray(read)) found.add(read)
    else inputs.push(read)
  }
  return found.isEmpty ? inputs : refuse(found)
}

function accept(
  env: Environment,
  trx: Transaction,
  caller: Caller,
  inputs: ApplicationInput[],
): Promise<AcceptOutcome> {
  return acceptApplications(env, trx, {
    organisation: caller.organisation,
    inputs,
    actor: caller.actor,
    approvedByActor: caller.scopes.includes('applications:approve'),
  })
}

async function create(env: Environment, trx: Transaction, request: Request): Promise<Answer> {
  const outcome = await accept(env, trx, callerOf(request), readInputs(request.body))
  if (!outcome.accepted) refuse(outcome.findings)
  return { status: 201, body: { applications: outcome.applications.map(inserted).map(representApplication) } }
}

const findOwn = async (env: Environment, request: Request): Promise<ApplicationRow> =>
  own(request, await findApplication(env.db, String(request.params.id)), 'application')

export function makeApplications(env: Environment): Router {
  const router = Router()
  router.post('/', needScope('applications:write'), async (request, response) => {
    sendAnswer(
      response,
      await retryOnRace(() => answerOnce(env.db, env.now(), request, (trx) => create(env, trx, request))),
    )
    env.ring('assemble')
  })
  router.get('/', needScope('applications:read'), async (request, response) => {
    const { state, commonName, after, limit } = request.query as Record<string, string | undefined>
    const filter = {
      organisation: callerOf(request).organisation,
      state: state as ApplicationState | undefined,
      commonName,
      after,
      limit: Number(limit ?? DEFAULT_PAGE),
    }
    const rows = await listApplications(env.db, filter)
    response.json({
      applications: rows.map(representApplication),
      next: rows.length === filter.limit ? (rows.at(-1)?.id ?? null) : null,
    })
  })
  router.get('/:id', needScope('applications:read'), async (request, response) => {
    response.json(representApplication(await findOwn(env, request)))
  })
  router.post('/:id/approve', needScope('applications:approve'), async (request, response) => {
    const { id } = await findOwn(env, request)
    const { actor } = callerOf(request)
    response.json(representApplication(await decideApplication(env, id, { decision: 'approve', actor })))
  })
  router.post(
    '/:id/cancel',
    needScope('applications:write', 'applications:approve'),
    async (request, response) => {
      const { id } = await findOwn(env, request)
      response.json(representApplication(await cancelApplication(env, id, callerOf(request).actor)))
    },
  )
  router.post('/:id/reject', needScope('applications:approve'), async (request, response) => {
    const { id } = await findOwn(env, request)
    const { reason } = request.body as { reason: string }
    const { actor } = callerOf(request)
    response.json(
      representApplication(await decideApplication(env, id, { decision: 'reject', actor, reason })),
    )
  })
  return router
}

/** Two requests with one key at once: the index lets one through; the other, run again, is told by the check. */
async function retryOnRace<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if ((error as { constraint?: string }).constraint !== 'applications_one_per_key') throw error
    return work()
  }
}
