/** An operator's decision on an application that waits for one. */
import { ProblemError } from '../problem/problem-error.js'
import { appendAudit } from '../store/audit.js'
import type { Transaction } from '../store/database.js'
import type { ApplicationRow } from '../store/tables.js'
import { approveApplicant } from './approve-applicant.js'
import type { Environment } from './ports/environment.js'
import type { ApplicationState, Failure } from './states.js'

export type Decision =
  { decision: 'approve'; actor: string } | { decision: 'reject'; actor: string; reason: string }

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

async function lockRow(trx: Transaction, id: string): Promise<ApplicationRow> {
  return trx.selectFrom('applications').selectAll().where('id', '=', id).forUpdate().executeTakeFirstOrThrow()
}

/** Approving what is already approved changes nothing. @throws ProblemError conflict when it is in another state */
export async function decideApplication(
  env: Environment,
  id: string,
  decision: Decision,
): Promise<ApplicationRow> {
  const now = env.now()
  const state: ApplicationState = decision.decision === 'approve' ? 'queued' : 'rejected'
  const failure = decision.decision === 'reject' ? JSON.stringify(rejection(decision.reason)) : null
  const row = await env.db.transaction().execute(async (trx) => {
    const current = await lockRow(trx, id)
    if (current.state === state) return current
    if (current.state !== 'awaiting-approval') throw alreadyDecided(current.state)
    await appendAudit(trx, [
      { at: now, actor: decision.actor, action: `application.${decision.decision}`, subject: id },
    ])
    const approvalId =
      state === 'queued'
        ? await approveApplicant(trx, current, { actor: decision.actor, now })
        : current.approval_id
    return trx
      .updateTable('applications')
      .set({ state, failure, approval_id: approvalId, updated_at: now })
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirstOrThrow()
  })
  env.ring('assemble')
  return row
}
