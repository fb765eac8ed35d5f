/**
 * What became of a file that went out: taken, refused, not sent, or unknown.
 *
 * Told by the answer to an upload, by the operator who carried the file, or by the report.
 * Source: docs/issuance-cycle.md, steps 6 and 7.
 */
import { moveBatch } from '../store/applications.js'
import { type Along, type BatchMove, moveBatchWhole } from '../store/batches.js'
import type { Transaction } from '../store/database.js'
import type { BatchRow } from '../store/tables.js'
import { failRows, rowsNamed } from './fail-rows.js'
import type { Environment } from './ports/environment.js'
import { OutcomeUnknownError, type RowError, type SubmitOutcome } from './ports/issuance-system.js'
import { refuseBatch } from './refuse-batch.js'
import { goingOutStates, unansweredStates } from './states.js'
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

interface Taking {
  move: BatchMove
  along: Along
  rest: NonNullable<Along['applications']>
}

/** With the second choice of the error mode the faultless rows are registered though others are wrong. */
async function takeRest(
  trx: Transaction,
  batch: BatchRow,
  errors: readonly RowError[],
  { move, along, rest }: Taking,
): Promise<boolean> {
  if (!(await moveBatchWhole(trx, batch.id, move, along))) return false
  await failRows(trx, batch, errors, along.now)
  await moveBatch(trx, batch.id, { ...rest, now: along.now })
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
  const move: BatchMove = { from: word.from, to: 'submitted', ...settled, submitted_at: now, due_at: now }
  const detail = errors.length > 0 ? rowsNamed(errors) : undefined
  const entry = { at: now, actor: word.actor, action: 'batch.submitted', subject: batch.id, detail }
  const along = { now, entries: [entry] }
  const rest = { from: unansweredStates, to: 'submitted' } as const
  const moved = await (errors.length > 0
    ? env.db.transaction().execute((trx) => takeRest(trx, batch, errors, { move, along, rest }))
    : moveBatchWhole(env.db, batch.id, move, { ...along, applications: rest }))
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
  { actor, from, upload, due, reason }: Word & { due: Date; reason: string | null },
): Promise<boolean> {
  const now = env.now()
  const back = { due_at: due, last_error: reason, handed_out_at: null, handed_out_to: null }
  const move: BatchMove = { from, upload, to: 'sealed', ...settled, ...back }
  const entry = { at: now, actor, action: 'batch.put-back', subject: batch.id }
  const moved = await moveBatchWhole(env.db, batch.id, move, {
    now,
    applications: { from: goingOutStates, to: 'batched' },
    // Every try of the gateway would fill the log; what an operator says is kept.
    entries: actor === 'gateway' ? [] : [entry],
  })
  if (moved) env.observe.uploaded({ issuanceSystem: batch.issuance_system, end: 'not-sent' })
  return moved
}

/** The answer was lost: from now on the report decides. */
export async function markUnknown(
  env: Environment,
  { id: batchId, issuance_system: issuanceSystem }: Uploaded,
  { actor, from, upload, reason }: Word & { reason: string },
): Promise<boolean> {
  const now = env.now()
  const move: BatchMove = {
    from,
    upload,
    to: 'unknown',
    lease_until: null,
    unknown_since: now,
    due_at: now,
    last_error: reason,
  }
  const moved = await moveBatchWhole(env.db, batchId, move, {
    now,
    applications: { from: ['submitting'], to: 'unknown' },
    entries: [{ at: now, actor, action: 'batch.unknown', subject: batchId, detail: { reason } }],
  })
  if (!moved) return false
  env.observe.uploaded({ issuanceSystem, end: 'unknown' })
  env.log.warn({ batch: batchId, reason }, 'outcome of an upload unknown; the report will decide')
  env.ring('collect')
  return true
}
