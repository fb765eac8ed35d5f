/**
 * Uploads sealed batches, each at most once while it could have been taken.
 *
 * "submitting" is committed before the first byte goes out. A process that dies
 * then leaves a lease that runs out; the batch becomes "unknown" and only the
 * report says what became of it. Source: docs/issuance-cycle.md, steps 6 and 7.
 */
import { moveBatch } from '../store/applications.js'
import { appendAudit } from '../store/audit.js'
import {
  claimSealed,
  endLeases,
  findLeases,
  findDueSealed,
  findNextDueSealed,
  moveBatchState,
} from '../store/batches.js'
import type { BatchRow } from '../store/tables.js'
import { holdLease, leaseEnd } from './lease.js'
import type { Environment } from './ports/environment.js'
import { NotSentError, OutcomeUnknownError, type SubmitOutcome } from './ports/issuance-system.js'
import { refuseBatch } from './refuse-batch.js'

const FIRST_RETRY_MS = 1_000
const LONGEST_RETRY_MS = 15 * 60_000

const after = (now: Date, ms: number): Date => new Date(now.getTime() + ms)

/** Doubles with each try, with half of it random, so that many gateways do not knock together. */
function retryDelay(tries: number): number {
  const full = Math.min(FIRST_RETRY_MS * 2 ** Math.min(tries, 20), LONGEST_RETRY_MS)
  return full / 2 + Math.random() * (full / 2)
}

const messageOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).slice(0, 500)

async function upload(env: Environment, batch: BatchRow): Promise<SubmitOutcome> {
  const lease = holdLease(env, batch.id)
  try {
    const system = env.issuanceSystem(batch.issuance_system)
    const timeout = AbortSignal.timeout(env.settings(system.id).uploadTimeoutSeconds * 1000)
    const file = { kind: batch.kind, bytes: batch.bytes, fileName: `${batch.id}.tsv` }
    return await system.submit(file, AbortSignal.any([timeout, lease.signal]))
  } finally {
    lease.release()
  }
}

/** Also when the lease had run out meanwhile: the service has said that it took the file. */
async function markSubmitted(env: Environment, batch: BatchRow): Promise<void> {
  const now = env.now()
  await env.db.transaction().execute(async (trx) => {
    if (
      !(await moveBatchState(trx, batch.id, {
        from: ['submitting', 'unknown', 'attention'],
        to: 'submitted',
        lease_until: null,
        unknown_since: null,
        submitted_at: now,
        due_at: now,
        last_error: null,
      }))
    )
      return
    await moveBatch(trx, batch.id, { from: ['submitting', 'unknown'], to: 'submitted', now })
    await appendAudit(trx, [{ at: now, actor: 'gateway', action: 'batch.submitted', subject: batch.id }])
  })
  env.ring('collect')
}

async function retryLater(env: Environment, batch: BatchRow, error: NotSentError): Promise<void> {
  const now = env.now()
  await env.db.transaction().execute(async (trx) => {
    const due = after(now, retryDelay(batch.submissions))
    if (
      !(await moveBatchState(trx, batch.id, {
        from: ['submitting'],
        to: 'sealed',
        lease_until: null,
        due_at: due,
        last_error: messageOf(error),
      }))
    )
      return
    await moveBatch(trx, batch.id, { from: ['submitting'], to: 'batched', now })
  })
  env.log.warn({ batch: batch.id, error: messageOf(error) }, 'issuance system not reached; will try again')
}

async function markUnknown(env: Environment, batchId: string, reason: string): Promise<void> {
  const now = env.now()
  await env.db.transaction().execute(async (trx) => {
    if (
      !(await moveBatchState(trx, batchId, {
        from: ['submitting'],
        to: 'unknown',
        lease_until: null,
        unknown_since: now,
        due_at: now,
        last_error: reason,
      }))
    )
      return
    await moveBatch(trx, batchId, { from: ['submitting'], to: 'unknown', now })
    await appendAudit(trx, [
      { at: now, actor: 'gateway', action: 'batch.unknown', subject: batchId, detail: { reason } },
    ])
  })
  env.log.warn({ batch: batchId, reason }, 'outcome of an upload unknown; the report will decide')
  env.ring('collect')
}

/** An answer about rows that the file does not have is not understood, and so decides nothing. */
function checkAnswer(batch: BatchRow, outcome: SubmitOutcome): SubmitOutcome {
  if (outcome.outcome === 'accepted') return outcome
  const isOurs = outcome.errors.every(({ row = 1 }) => row >= 1 && row <= batch.row_count)
  if (isOurs) return outcome
  throw new OutcomeUnknownError('the answer to the upload names rows that the file does not have')
}

async function submitBatch(env: Environment, id: string): Promise<void> {
  const now = env.now()
  const batch = await claimSealed(env.db, id, { now, leaseUntil: leaseEnd(now) })
  if (!batch) return
  try {
    const outcome = checkAnswer(batch, await upload(env, batch))
    if (outcome.outcome === 'accepted') await markSubmitted(env, batch)
    else await refuseBatch(env, batch, outcome.errors)
  } catch (error) {
    if (error instanceof NotSentError) await retryLater(env, batch, error)
    else await markUnknown(env, id, messageOf(error))
    if (!(error instanceof NotSentError) && !(error instanceof OutcomeUnknownError)) throw error
  }
}

/**
 * Uploads whatever is sealed and due, oldest first; one at a time for each issuance system.
 * @returns milliseconds until the next retry is due, if there is one
 */
export async function submitBatches(env: Environment): Promise<number | undefined> {
  for (const { id } of await findDueSealed(env.db, env.now())) await submitBatch(env, id)
  const next = await findNextDueSealed(env.db)
  return next && Math.max(next.getTime() - env.now().getTime(), FIRST_RETRY_MS)
}

/** At start, with a store that no other process can have open: whoever uploaded is gone. */
export async function releaseAll(env: Environment): Promise<void> {
  await endLeases(env.db, env.now())
  await releaseAbandoned(env)
}

/**
 * Batches whose uploader died become unknown; the sweep calls this.
 * @returns milliseconds until the next lease runs out, if an upload is under way
 */
export async function releaseAbandoned(env: Environment): Promise<number | undefined> {
  const now = env.now()
  const leases = await findLeases(env.db)
  const abandoned = leases.filter(({ lease_until: end }) => end === null || end <= now)
  for (const { id } of abandoned) await markUnknown(env, id, 'the uploading process ended before the answer')
  const ends = leases.flatMap(({ lease_until: end }) =>
    end && end > now ? [end.getTime() - now.getTime()] : [],
  )
  return ends.length > 0 ? Math.min(...ends) : undefined
}
