/**
 * What became of a file that went out: taken, refused, not sent, or unknown.
 *
 * Told by the answer to an upload, by the operator who carried the file, or by the report.
 * Source: docs/issuance-cycle.md, steps 6 and 7.
 */
import { moveBatch } from '../store/applications.js'
import { appendAudit } from '../store/audit.js'
import { type BatchChange, moveBatchState } from '../store/batches.js'
import type { Transaction } from '../store/database.js'
import type { BatchRow } from '../store/tables.js'
import { failRows } from './fail-rows.js'
import type { Environment } from './ports/environment.js'
import { OutcomeUnknownError, type RowError, type SubmitOutcome } from './ports/issuance-system.js'
import { refuseBatch } from './refuse-batch.js'
import type { Word } from './word.js'

type Uploaded = Pick<BatchRow, 'id' | 'issuance_system'>

/** Ends an upload, whoever held it. */
const settled = { lease_until: null, unknown_since: null, last_error: null, attention: null } as const

/** An answer about rows that the file does not have is not understood, and so decides nothing. */
export function checkAnswer(batch: Pick<BatchRow, 'row_count'>, outcome: SubmitOutcome): SubmitOutcome {
  const isOurs = (outcome.errors ?? []).every(({ row = 1 }) => row >= 1 && row <= batch.row_count)
  if (isOurs) return outcome
  throw new OutcomeUnknownError('the answer to the upload names rows that the file does not have')
}

async function take(
  trx: Transaction,
  batch: BatchRow,
  errors: readonly RowError[],
  { actor, from, now }: Word & { now: Date },
): Promise<boolean> {
  const change: BatchChange = { ...settled, submitted_at: now, due_at: now }
  if (!(await moveBatchState(trx, batch.id, { from, to: 'submitted', ...change }))) return false
  await failRows(trx, batch, errors, now)
  await moveBatch(trx, batch.id, { from: ['submitting', 'unknown'], to: 'submitted', now })
  const detail = errors.length > 0 ? { errors: errors.map(({ row, code }) => ({ row, code })) } : undefined
  await appendAudit(trx, [{ at: now, actor, action: 'batch.submitted', subject: batch.id, detail }])
  return true
}

/** An error without a row concerns every row of the file. */
const countRefused = ({ row_count: all }: BatchRow, errors: readonly RowError[]): number =>
  errors.some(({ row }) => row === undefined) ? all : new Set(errors.map(({ row }) => row)).size

async function acceptBatch(
  env: Environment,
  batch: BatchRow,
  errors: readonly RowError[],
  word: Word,
): Promise<boolean> {
  const now = env.now()
  const moved = await env.db.transaction().execute((trx) => take(trx, batch, errors, { ...word, now }))
  if (moved) env.ring('collect')
  return moved
}

/** @returns false when the batch had moved on: nothing was changed */
export async function settleBatch(
  env: Environment,
  batch: BatchRow,
  outcome: SubmitOutcome,
  word: Word,
): Promise<boolean> {
  const { errors = [] } = outcome
  const isTaken = outcome.outcome === 'accepted'
  const moved = await (isTaken ? acceptBatch : refuseBatch)(env, batch, errors, word)
  if (!moved) return false
  env.observe.uploaded({
    issuanceSystem: batch.issuance_system,
    end: isTaken ? 'taken' : 'refused',
    rowsRefused: countRefused(batch, errors),
  })
  return true
}

/** The file certainly never reached the service: it waits to go out again. */
export async function putBack(
  env: Environment,
  batch: Uploaded,
  { actor, from, due, reason }: Word & { due: Date; reason: string | null },
): Promise<boolean> {
  const now = env.now()
  const moved = await env.db.transaction().execute(async (trx) => {
    const back = { due_at: due, last_error: reason, handed_out_at: null, handed_out_to: null }
    const change: BatchChange = { ...settled, ...back }
    if (!(await moveBatchState(trx, batch.id, { from, to: 'sealed', ...change }))) return false
    await moveBatch(trx, batch.id, { from: ['submitting', 'unknown'], to: 'batched', now })
    // Every try of the gateway would fill the log; what an operator says is kept.
    if (actor !== 'gateway')
      await appendAudit(trx, [{ at: now, actor, action: 'batch.put-back', subject: batch.id }])
    return true
  })
  if (moved) env.observe.uploaded({ issuanceSystem: batch.issuance_system, end: 'not-sent' })
  return moved
}

/** The answer was lost: from now on the report decides. */
export async function markUnknown(
  env: Environment,
  { id: batchId, issuance_system: issuanceSystem }: Uploaded,
  { actor, from, reason }: Word & { reason: string },
): Promise<boolean> {
  const now = env.now()
  const moved = await env.db.transaction().execute(async (trx) => {
    const change: BatchChange = { lease_until: null, unknown_since: now, due_at: now, last_error: reason }
    if (!(await moveBatchState(trx, batchId, { from, to: 'unknown', ...change }))) return false
    await moveBatch(trx, batchId, { from: ['submitting'], to: 'unknown', now })
    await appendAudit(trx, [
      { at: now, actor, action: 'batch.unknown', subject: batchId, detail: { reason } },
    ])
    return true
  })
  if (!moved) return false
  env.observe.uploaded({ issuanceSystem, end: 'unknown' })
  env.log.warn({ batch: batchId, reason }, 'outcome of an upload unknown; the report will decide')
  env.ring('collect')
  return true
}
