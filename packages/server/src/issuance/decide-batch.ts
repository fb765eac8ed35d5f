/**
 * A batch of which only a person can say what became of it: an operator looks at the service and decides.
 * Source: docs/issuance-cycle.md, step 7.
 */
import { ProblemError } from '../problem/problem-error.js'
import { moveBatch } from '../store/applications.js'
import { appendAudit } from '../store/audit.js'
import { type BatchChange, lockBatch, moveBatchState } from '../store/batches.js'
import type { Transaction } from '../store/database.js'
import type { BatchRow } from '../store/tables.js'
import type { Environment } from './ports/environment.js'
import { requeueRest } from './refuse-batch.js'
import { type BatchState, type Failure, inFlightStates } from './states.js'

export const batchDecisions = ['resubmit', 'taken', 'give-up'] as const

export interface BatchDecision {
  decision: (typeof batchDecisions)[number]
  reason: string
  actor: string
}

const givenUp = (reason: string): Failure => ({
  message: {
    ja: `登録担当者が申請を打ち切りました: ${reason}`,
    en: `An operator gave the application up: ${reason}`,
  },
  remedy: {
    ja: '理由を確かめ、必要なら新しい鍵で申請し直してください。',
    en: 'Read the reason and apply again with a new key if needed.',
  },
})

interface Decided {
  to: BatchState
  carryOut: (trx: Transaction, batch: BatchRow, now: Date) => Promise<unknown>
}

/** Of a file that was taken only the missing rows are decided on; the others go on as they are. */
const restOf = ({ attention }: BatchRow, to: BatchState): BatchState =>
  attention === 'rows-missing' ? 'submitted' : to

function decide({ decision, reason }: BatchDecision, batch: BatchRow): Decided {
  // The file stays as it was decided upon; its rows go into a new one.
  if (decision === 'resubmit') return { to: restOf(batch, 'refused'), carryOut: requeueMissing }
  if (decision === 'taken')
    return {
      to: 'submitted',
      carryOut: (trx, { id }, now) => moveBatch(trx, id, { from: ['unknown'], to: 'submitted', now }),
    }
  // The service may have the rows all the same: `done` keeps their keys from being used again.
  return {
    to: restOf(batch, 'done'),
    carryOut: (trx, { id }, now) => giveUp(trx, id, { reason, now }),
  }
}

async function requeueMissing(trx: Transaction, { id }: BatchRow, now: Date): Promise<void> {
  await trx
    .updateTable('applications')
    .set({ state: 'unknown', updated_at: now })
    .where('batch_id', '=', id)
    .where('state', '=', 'submitted')
    .where('seen_at', 'is', null)
    .execute()
  await requeueRest(trx, { id }, now)
}

const giveUp = (trx: Transaction, batchId: string, { reason, now }: { reason: string; now: Date }) =>
  trx
    .updateTable('applications')
    .set({ state: 'failed', failure: JSON.stringify(givenUp(reason)), updated_at: now })
    .where('batch_id', '=', batchId)
    .where('state', 'in', inFlightStates)
    .where('seen_at', 'is', null)
    .execute()

const notAsked = ({ state }: BatchRow): ProblemError =>
  new ProblemError('conflict', `The batch is ${state}; only one in attention is an operator's to decide`, {
    ja: `このバッチは「${state}」の状態です。判断できるのは「attention」のバッチだけです。`,
  })

/** @throws ProblemError conflict when the batch does not wait for an operator */
export async function decideBatch(env: Environment, id: string, decision: BatchDecision): Promise<void> {
  const now = env.now()
  await env.db.transaction().execute(async (trx) => {
    const batch = await lockBatch(trx, id)
    const { to, carryOut } = decide(decision, batch)
    const change: BatchChange = { attention: null, unknown_since: null, submitted_at: now, due_at: now }
    if (!(await moveBatchState(trx, id, { from: ['attention'], to, ...change }))) throw notAsked(batch)
    await carryOut(trx, batch, now)
    const { actor, decision: word, reason } = decision
    await appendAudit(trx, [
      { at: now, actor, action: 'batch.decide', subject: id, detail: { decision: word, reason } },
    ])
  })
  env.ring('assemble')
  env.ring('collect')
}
