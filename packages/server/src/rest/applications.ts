/** /v1/applications: apply, list, look. Decisions are in decisions.ts. */
import { type ApplicationInput, fromJson } from '@upki-gateway/shared/application'
import type { Finding } from '@upki-gateway/shared/problem'
import { type Request, Router } from 'express'
import { acceptApplications, type AcceptOutcome } from '../issuance/accept-applications.js'
import { cancelApplication } from '../issuance/cancel-application.js'
import type { Environment } from '../issuance/ports/environment.js'
import type { Priority } from '../issuance/queue-order.js'
import { ProblemError } from '../problem/problem-error.js'
import { listApplications } from '../store/application-list.js'
import type { Database, Transaction } from '../store/database.js'
import type { Caller } from '../policy/caller.js'
import { needsNoSecondLook } from '../policy/second-look.js'
import { callerOf, needScope } from './authenticate.js'
import { Found } from './found.js'
import { type Answer, answerOnce, sendAnswer } from './idempotency.js'
import { findOwnApplication, readFilter, readOrder } from './application-filter.js'
import { nextOf, queryOf, readPage } from './page.js'
import { inserted, representApplication } from './represent.js'

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
  db: Database | Transaction,
  caller: Caller,
  { inputs, priority }: { inputs: ApplicationInput[]; priority: Priority | undefined },
): Promise<AcceptOutcome> {
  return acceptApplications(env, db, {
    organisation: caller.organisation,
    inputs,
    actor: caller.actor,
    approvedByActor: needsNoSecondLook(caller, env.organisation(caller.organisation)),
    priority,
  })
}

/** @throws ProblemError scopeMissing: whoever may not decide may not put an application before the others' */
function readPriority(request: Request): Priority | undefined {
  const { priority } = queryOf(request)
  if (priority === 'urgent' && !callerOf(request).scopes.includes('applications:approve'))
    throw new ProblemError('scopeMissing', 'Only operators (applications:approve) may say urgent', {
      ja: 'urgent を指定できるのは登録担当者（applications:approve）だけです。',
    })
  return priority as Priority | undefined
}

async function create(env: Environment, db: Database | Transaction, request: Request): Promise<Answer> {
  const wanted = { inputs: readInputs(request.body), priority: readPriority(request) }
  const outcome = await accept(env, db, callerOf(request), wanted)
  if (!outcome.accepted) refuse(outcome.findings)
  return { status: 201, body: { applications: outcome.applications.map(inserted).map(representApplication) } }
}

export function makeApplications(env: Environment): Router {
  const router = Router()
  router.post('/', needScope('applications:write'), async (request, response) => {
    sendAnswer(
      response,
      await retryOnRace(() => answerOnce(env.db, env.now(), request, (db) => create(env, db, request))),
    )
    env.ring('assemble')
  })
  router.get('/', needScope('applications:read'), async (request, response) => {
    const page = { ...readPage(request), order: readOrder(request) }
    const rows = await listApplications(env.db, await readFilter(env, request), page)
    response.json({
      applications: rows.map(representApplication),
      next: nextOf(rows, page.limit, ({ id }) => id),
    })
  })
  router.get('/:id', needScope('applications:read'), async (request, response) => {
    response.json(representApplication(await findOwnApplication(env, request, String(request.params.id))))
  })
  router.post(
    '/:id/cancel',
    needScope('applications:write', 'applications:approve'),
    async (request, response) => {
      const { id } = await findOwnApplication(env, request, String(request.params.id))
      response.json(representApplication(await cancelApplication(env, id, callerOf(request).actor)))
    },
  )
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
