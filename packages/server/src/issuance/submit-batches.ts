/**
 * Uploads sealed batches, each at most once while it could have been taken.
 *
 * "submitting" is committed before the first byte goes out. A process that dies
 * then leaves a lease that runs out; the batch becomes "unknown" and only the
 * report says what became of it. Source: docs/issuance-cycle.md, steps 6 and 7.
 */
import type { IssuanceSystemConfig } from '../config.js'
import {
  claimSealed,
  endLeases,
  findLastUpload,
  findLeases,
  findNextSealed,
  LONGEST_RETRY_MS,
  type Upload,
} from '../store/batches.js'
import type { BatchRow } from '../store/tables.js'
import { checkAnswer, markUnknown, putBack, settleBatch } from './batch-outcome.js'
import { automaticSystems } from './forgotten-work.js'
import { keepPage } from './keep-page.js'
import { holdLease, leaseMsOf } from './lease.js'
import type { Environment } from './ports/environment.js'
import { NotSentError, OutcomeUnknownError, type SubmitOutcome } from './ports/issuance-system.js'
import { traced } from './ports/trace.js'
import { maintenanceMs, paceSeconds } from './upload-times.js'
import type { Word } from './word.js'

const FIRST_RETRY_MS = 1_000

const after = (now: Date, ms: number): Date => new Date(now.getTime() + ms)

/** Doubles with each try, with half of it random, so that many gateways do not knock together. */
function retryDelay(tries: number): number {
  const full = Math.min(FIRST_RETRY_MS * 2 ** Math.min(tries, 20), LONGEST_RETRY_MS)
  return full / 2 + Math.random() * (full / 2)
}

const messageOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).slice(0, 500)

const uploadTimeoutMs = (settings: IssuanceSystemConfig): number =>
  settings.adapter === 'screens' ? settings.uploadTimeoutSeconds * 1000 : 0

async function upload(env: Environment, batch: BatchRow): Promise<SubmitOutcome> {
  const lease = holdLease(env, batch)
  try {
    const system = env.issuanceSystem(batch.issuance_system)
    const timeout = AbortSignal.timeout(uploadTimeoutMs(env.settings(system.id)))
    const file = { kind: batch.kind, bytes: batch.bytes, fileName: `${batch.id}.tsv` }
    return await system.submit(file, AbortSignal.any([timeout, lease.signal]))
  } finally {
    lease.release()
  }
}

const uploadTraced = (env: Environment, batch: BatchRow): Promise<SubmitOutcome> =>
  traced(
    env.trace,
    'upload',
    {
      kind: 'client',
      from: [batch.traceparent],
      facts: { 'upki.batch': batch.id, 'upki.issuance_system': batch.issuance_system },
    },
    async (span) => {
      const outcome = await upload(env, batch)
      span.tell({ 'upki.outcome': outcome.outcome })
      return outcome
    },
  )

/** Its process may have slept until the file was uploaded once more: of that other upload it knows nothing. */
const answered = ({ submissions }: Upload): Word => ({
  actor: 'gateway',
  from: ['submitting'],
  upload: submissions,
})

/** An acceptance counts also when the lease had run out meanwhile: the service has said that it took the file. */
const wordOf = (batch: Upload, { outcome }: SubmitOutcome): Word =>
  outcome === 'accepted'
    ? { actor: 'gateway', from: ['sealed', 'submitting', 'unknown', 'attention'] }
    : answered(batch)

async function retryLater(env: Environment, batch: BatchRow, error: NotSentError): Promise<void> {
  const due = after(env.now(), retryDelay(batch.submissions))
  await putBack(env, batch, { ...answered(batch), due, reason: messageOf(error) })
  env.log.warn({ batch: batch.id, error: messageOf(error) }, 'issuance system not reached; will try again')
}

async function leaveUnknown(env: Environment, batch: BatchRow, error: unknown): Promise<void> {
  const reason = messageOf(error)
  await markUnknown(env, batch, { ...answered(batch), reason })
  const page = error instanceof OutcomeUnknownError ? error.options.page : undefined
  if (page !== undefined) await keepPage(env, batch.id, { page, reason })
}

/** @returns false when another process has it, or another upload is under way: nothing was done */
async function submitBatch(env: Environment, id: string, settings: IssuanceSystemConfig): Promise<boolean> {
  const now = env.now()
  const claim = { now, leaseMs: leaseMsOf(settings), paceSeconds: paceSeconds(settings) }
  const batch = await claimSealed(env.db, id, claim)
  if (!batch) return false
  // While this one is uploaded the next may be sealed.
  env.ring('assemble')
  try {
    const outcome = checkAnswer(batch, await uploadTraced(env, batch))
    await settleBatch(env, batch, outcome, wordOf(batch, outcome))
  } catch (error) {
    if (error instanceof NotSentError) await retryLater(env, batch, error)
    else await leaveUnknown(env, batch, error)
    if (!(error instanceof NotSentError) && !(error instanceof OutcomeUnknownError)) throw error
  } finally {
    // What was queued meanwhile has waited for this upload.
    env.ring('assemble')
  }
  return true
}

/** @returns milliseconds until something can be uploaded again, or undefined when nothing waits */
async function submitOf(env: Environment, systemId: string): Promise<number | undefined> {
  const settings = env.settings(systemId)
  const pace = paceSeconds(settings)
  for (;;) {
    const stopMs = maintenanceMs(settings, env.now())
    const next = await findNextSealed(env.db, systemId, env.now())
    if (!next) return undefined
    if (stopMs > 0) return stopMs
    if (next.isDue && (await submitBatch(env, next.id, settings))) continue
    const last = pace > 0 ? await findLastUpload(env.db, systemId) : undefined
    const earliest = Math.max(next.dueAt.getTime(), last ? last.getTime() + pace * 1000 : 0)
    return Math.max(earliest - env.now().getTime(), FIRST_RETRY_MS)
  }
}

/**
 * Uploads whatever is sealed and due, oldest first; one at a time for each issuance system, the systems side by side.
 * @returns milliseconds until the next retry is due, if there is one
 */
export async function submitBatches(env: Environment): Promise<number | undefined> {
  // Where an operator carries the files there is nothing to do.
  const results = await Promise.allSettled(automaticSystems(env).map((id) => submitOf(env, id)))
  const waits = results.flatMap((result) => (result.status === 'fulfilled' ? (result.value ?? []) : []))
  const failed = results.find((result) => result.status === 'rejected')
  if (failed) throw failed.reason
  return waits.length > 0 ? Math.min(...waits) : undefined
}

/** At start, with a store that no other process can have open: whoever uploaded is gone. */
export async function releaseAll(env: Environment): Promise<void> {
  await endLeases(env.db)
  await releaseAbandoned(env)
}

/**
 * Batches whose uploader died become unknown; the sweep calls this.
 * @returns milliseconds until the next lease runs out, if an upload is under way
 */
export async function releaseAbandoned(env: Environment): Promise<number | undefined> {
  const leases = await findLeases(env.db)
  for (const batch of leases.filter(({ leftMs }) => leftMs <= 0))
    await markUnknown(env, batch, {
      ...answered(batch),
      reason: 'the uploading process ended before the answer',
    })
  const left = leases.flatMap(({ leftMs }) => (leftMs > 0 ? [leftMs] : []))
  return left.length > 0 ? Math.ceil(Math.min(...left)) : undefined
}
