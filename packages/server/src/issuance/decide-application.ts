/**
 * Operators' decisions on an application that waits for one.
 *
 * One decision under races: operator, token and application are locked in this order, so that of two presses at once
 * the second finds what the first did, and whoever was disabled meanwhile decides nothing.
 * Source: docs/issuance-cycle.md, step 4; docs/operations.md, "Approvals".
 */
import type { Caller } from '../policy/caller.js'
import { confirmCaller } from '../policy/confirm-caller.js'
import { checkDepartmentOf } from '../policy/make-approval.js'
import { rolesWith } from '../policy/scopes.js'
import { ProblemError } from '../problem/problem-error.js'
import { lockApplication } from '../store/applications.js'
import { appendAudit } from '../store/audit.js'
import type { Transaction } from '../store/database.js'
import { type Approvals, insertDecision, readApprovals } from '../store/decisions.js'
import type { ApplicationRow, DecisionRow } from '../store/tables.js'
import { approveApplicant } from './approve-applicant.js'
import { type ApprovalChoice, approveLastingly, checkNotWider } from './approve-lastingly.js'
import { namesOfApplication } from './names-of-application.js'
import type { Environment } from './ports/environment.js'
import type { ApplicationState, Failure } from './states.js'
import { checkStillRevocable } from './still-revocable.js'

export type Decision =
  | { decision: 'approve'; by: Caller; choice?: ApprovalChoice }
  | { decision: 'reject'; by: Caller; reason: string }

const rejection = (reason: string): Failure => ({
  message: { ja: `登録担当者が却下しました: ${reason}`, en: `Rejected by an operator: ${reason}` },
  remedy: {
    ja: '理由を確かめ、必要なら申請し直してください。',
    en: 'Read the reason and apply again if needed.',
  },
})

function alreadyDecided(state: ApplicationState): ProblemError {
  return new ProblemError(
    'conflict',
    `The application is ${state}; only one that is awaiting-approval can be decided`,
    {
      ja: `この申請は「${state}」の状態です。承認待ちの申請だけが承認・却下できます。`,
    },
  )
}

/** Four eyes: whoever applied is not one of the two. */
function checkNotRequester(row: ApplicationRow, by: Caller): void {
  if (row.created_by !== by.actor) return
  throw new ProblemError('notAllowed', 'You applied for this yourself; two others have to approve it', {
    ja: '自分の申請は承認できません。別の2名の承認が必要です。',
  })
}

function toRow(row: ApplicationRow, decision: Decision, now: Date): DecisionRow {
  const choice = decision.decision === 'approve' ? decision.choice : undefined
  return {
    application_id: row.id,
    actor: decision.by.actor,
    decision: decision.decision,
    reason: decision.decision === 'reject' ? decision.reason : null,
    decided_at: now,
    once: choice?.once ?? false,
    until: choice?.until ?? null,
  }
}

/** The first decision of each counts: saying it again, in other words, changes nothing. */
async function record(trx: Transaction, row: ApplicationRow, decision: Decision, now: Date): Promise<void> {
  const { actor } = decision.by
  const isNew = await insertDecision(trx, toRow(row, decision, now))
  if (!isNew) return
  await appendAudit(trx, [{ at: now, actor, action: `application.${decision.decision}`, subject: row.id }])
}

const move = (
  trx: Transaction,
  id: string,
  change: { state: ApplicationState; failure?: string; approval_id?: string | null; updated_at: Date },
): Promise<ApplicationRow> =>
  trx.updateTable('applications').set(change).where('id', '=', id).returningAll().executeTakeFirstOrThrow()

type Approving = Extract<Decision, { decision: 'approve' }>

/** What the last one chose, as narrow as any of them wants it. */
const narrowed = (choice: ApprovalChoice = {}, { isOnce, until }: Approvals): ApprovalChoice => ({
  ...choice,
  ...(isOnce && { once: true }),
  ...(until && { until }),
})

/** An account's own order stands on the account's approval; whoever else applied gets one of his own. */
async function approvalFor(
  env: Environment,
  trx: Transaction,
  row: ApplicationRow,
  { by, choice }: { by: Caller; choice: ApprovalChoice },
): Promise<string | null> {
  if (choice.once) return row.approval_id
  const ofAccount = await approveApplicant(env, trx, row, { by, choice })
  return ofAccount ?? approveLastingly(env, trx, row, { by, choice })
}

async function decide(
  env: Environment,
  trx: Transaction,
  id: string,
  decision: Decision,
): Promise<ApplicationRow> {
  const now = env.now()
  const { by } = decision
  await confirmCaller(trx, by, 'applications:approve')
  const row = await lockApplication(trx, id)
  checkDepartmentOf(by, namesOfApplication(row))
  const target: ApplicationState = decision.decision === 'approve' ? 'queued' : 'rejected'
  if (row.state === target) return row
  if (row.state !== 'awaiting-approval') throw alreadyDecided(row.state)
  if (decision.decision === 'approve') await checkStillRevocable(trx, row, now)
  await record(trx, row, decision, now)
  if (decision.decision === 'reject') {
    const failure = JSON.stringify(rejection(decision.reason))
    return move(trx, id, { state: target, failure, updated_at: now })
  }
  return approve(env, trx, row, decision)
}

/** Lets it go on once as many approve as the organisation wants. */
async function approve(
  env: Environment,
  trx: Transaction,
  row: ApplicationRow,
  { by, choice }: Approving,
): Promise<ApplicationRow> {
  const { approvers } = env.organisation(row.organisation)
  if (approvers > 1) {
    checkNotRequester(row, by)
    checkNotWider(env, row, { by, choice })
  }
  const approvals = await readApprovals(trx, row.id, rolesWith('applications:approve'))
  if (approvals.approvers < approvers) return row
  const approval = await approvalFor(env, trx, row, { by, choice: narrowed(choice, approvals) })
  return move(trx, row.id, { state: 'queued', approval_id: approval, updated_at: env.now() })
}

/**
 * Deciding again what is decided so already changes nothing; where two must approve, the first approval leaves it waiting.
 * @throws ProblemError conflict when it is in another state, notAllowed when it is not this caller's to decide
 */
export async function decideApplication(
  env: Environment,
  id: string,
  decision: Decision,
): Promise<ApplicationRow> {
  const row = await env.db.transaction().execute((trx) => decide(env, trx, id, decision))
  env.ring('assemble')
  return row
}
