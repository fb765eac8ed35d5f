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

function decide({ decision, reason }: BatchDecision): Decided {
  // The file stays as it was decided upon; its rows go into a new one, so that what is wrong with it is not repeated.
  if (decision === 'resubmit')
    return { to: 'refused', carryOut: (trx, batch, now) => requeueAll(trx, batch, now) }
  if (decision === 'taken')
    return {
      to: 'submitted',
      carryOut: (trx, { id }, now) => moveBatch(trx, id, { from: ['unknown'], to: 'submitted', now }),
    }
  // The service may have the rows all the same: `done` keeps their keys from being used again.
  return { to: 'done', carryOut: (trx, batch, now) => giveUp(trx, batch, { reason, now }) }
}

async function requeueAll(trx: Transaction, batch: BatchRow, now: Date): Promise<void> {
  await moveBatch(trx, batch.id, { from: ['submitted', 'held'], to: 'unknown', now })
  await requeueRest(trx, batch, now)
}

const giveUp = (trx: Transaction, { id }: BatchRow, { reason, now }: { reason: string; now: Date }) =>
  trx
    .updateTable('applications')
    .set({ state: 'failed', failure: JSON.stringify(givenUp(reason)), updated_at: now })
    .where('batch_id', '=', id)
    .where('state', 'in', inFlightStates)
    .execute()

const notAsked = ({ state }: BatchRow): ProblemError =>
  new ProblemError('conflict', `The batch is ${state}; only one in attention is an operator's to decide`, {
    ja: `このバッチは「${state}」の状態です。判断できるのは「attention」のバッチだけです。`,
  })

/** @throws ProblemError conflict when the batch does not wait for an operator */
export async function decideBatch(env: Environment, id: string, decision: BatchDecision): Promise<void> {
  const now = env.now()
  const { to, carryOut } = decide(decision)
  await env.db.transaction().execute(async (trx) => {
    const batch = await lockBatch(trx, id)
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
