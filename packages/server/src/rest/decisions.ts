/** Approve and reject, one application or many, and who decided what. */
import { type Request, Router } from 'express'
import { languageOf, problemBody } from '../http/render-problem.js'
import type { ApprovalChoice } from '../issuance/approve-lastingly.js'
import { decideApplication, type Decision } from '../issuance/decide-application.js'
import type { Environment } from '../issuance/ports/environment.js'
import { ProblemError } from '../problem/problem-error.js'
import { type DecisionView, listDecisions } from '../store/decisions.js'
import type { ApplicationRow } from '../store/tables.js'
import type { components } from './api-types.js'
import { findOwnApplication } from './application-filter.js'
import { callerOf, needScope } from './authenticate.js'
import { readNamesOfApproval } from './read-names.js'
import { readTime } from './read-time.js'
import { representApplication } from './represent.js'

type Schemas = components['schemas']

function readChoice(
  env: Environment,
  request: Request,
  choice: Schemas['ApprovalChoice'] | undefined,
): ApprovalChoice {
  const { organisation } = callerOf(request)
  const { once, names, anyProfile, until } = choice ?? {}
  return {
    once,
    anyProfile,
    names: names && readNamesOfApproval(names, env.organisation(organisation)),
    until: until === undefined ? undefined : readTime(until, 'until', env.now()),
  }
}

function readDecision(env: Environment, request: Request): Decision {
  const by = callerOf(request)
  const { decision, reason, approval } = request.body as Schemas['DecisionsInput']
  if (decision === 'approve') return { decision, by, choice: readChoice(env, request, approval) }
  if (reason !== undefined) return { decision, by, reason }
  throw new ProblemError('badRequest', 'A rejection needs a reason, which the applicant reads', {
    ja: '却下には申請者に伝える理由が必要です。',
  })
}

async function decideOne(env: Environment, request: Request, decision: Decision): Promise<ApplicationRow> {
  const { id } = await findOwnApplication(env, request, String(request.params.id))
  return decideApplication(env, id, decision)
}

/** What is wrong with one of many is told in its place. */
async function decideEach(
  env: Environment,
  request: Request,
  id: string,
  decision: Decision,
): Promise<Schemas['DecisionResult']> {
  try {
    await findOwnApplication(env, request, id)
    return { id, application: representApplication(await decideApplication(env, id, decision)) }
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error
    return { id, problem: problemBody(error, languageOf(request)) as Schemas['Problem'] }
  }
}

async function decideMany(env: Environment, request: Request): Promise<Schemas['DecisionResult'][]> {
  const { ids } = request.body as Schemas['DecisionsInput']
  const decision = readDecision(env, request)
  const results: Schemas['DecisionResult'][] = []
  for (const id of ids) results.push(await decideEach(env, request, id, decision))
  return results
}

const represent = (row: DecisionView): Schemas['Decision'] => ({
  actor: row.actor,
  displayName: row.display_name,
  decision: row.decision,
  reason: row.reason,
  once: row.once,
  until: row.until?.toISOString() ?? null,
  decidedAt: row.decided_at.toISOString(),
})

export function makeDecisions(env: Environment): Router {
  const router = Router()
  const mayDecide = needScope('applications:approve')
  router.post('/decisions', mayDecide, async (request, response) => {
    response.json({ results: await decideMany(env, request) })
  })
  router.post('/:id/approve', mayDecide, async (request, response) => {
    const { approval } = (request.body ?? {}) as { approval?: Schemas['ApprovalChoice'] }
    const choice = readChoice(env, request, approval)
    const decision = { decision: 'approve', by: callerOf(request), choice } as const
    response.json(representApplication(await decideOne(env, request, decision)))
  })
  router.post('/:id/reject', mayDecide, async (request, response) => {
    const { reason } = request.body as { reason: string }
    const decision = { decision: 'reject', by: callerOf(request), reason } as const
    response.json(representApplication(await decideOne(env, request, decision)))
  })
  router.get('/:id/decisions', needScope('applications:read'), async (request, response) => {
    const { id } = await findOwnApplication(env, request, String(request.params.id))
    response.json({ decisions: (await listDecisions(env.db, id)).map(represent) })
  })
  return router
}
