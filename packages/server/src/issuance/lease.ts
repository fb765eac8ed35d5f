/**
 * The lease of an upload: the sign of life that other processes wait for.
 *
 * Past its end, by the clock of the database, the batch counts as abandoned and the report decides, perhaps for a
 * second upload. So whoever loses the lease, or cannot renew it in time, stops
 * sending at once. Source: docs/issuance-cycle.md, step 6.
 */
import type { IssuanceSystemConfig } from '../config.js'
import { renewLease, type Upload } from '../store/batches.js'
import type { BatchRow } from '../store/tables.js'
import type { Environment } from './ports/environment.js'

// An operator carries files without one.
const DEFAULT_SECONDS = 90
const LONGEST_RENEWAL_MS = 2_000

/** How often a lease is renewed: well below any settleSeconds, so that a lost lease is noticed before a report can prove anything. */
const renewalMs = (leaseMs: number): number => Math.min(LONGEST_RENEWAL_MS, leaseMs / 5)

/** Before the lease ends by the database's clock, which may not go quite as ours. */
const giveUpMs = (leaseMs: number): number => (leaseMs * 5) / 6

export interface Lease {
  /** Aborts when the lease is lost. */
  signal: AbortSignal
  release(): void
}

export const leaseMsOf = (settings: IssuanceSystemConfig): number =>
  1000 * (settings.adapter === 'screens' ? settings.leaseSeconds : DEFAULT_SECONDS)

/** @param batch claimed just now, with a lease of `leaseMsOf` its issuance system */
export function holdLease(env: Environment, batch: Upload & Pick<BatchRow, 'issuance_system'>): Lease {
  const settings = env.settings(batch.issuance_system)
  const lost = new AbortController()
  const lose = (why: string) => lost.abort(new Error(why))
  // Timers run on a monotonic clock: it counts while the process is stopped, and does not jump.
  const giveUp = () => lose('the lease of the upload could not be renewed in time')
  const ends = (sinceMs: number) => setTimeout(giveUp, Math.max(0, giveUpMs(leaseMsOf(settings)) - sinceMs))
  let end = ends(0)
  let isRenewing = false
  let isReleased = false
  const renew = async () => {
    const begin = performance.now()
    const isOurs = await renewLease(env.db, batch, leaseMsOf(settings))
    if (isReleased || lost.signal.aborted) return
    if (!isOurs) return lose('the lease of the upload was lost')
    clearTimeout(end)
    // What others see counts from before the question, however long the answer took.
    end = ends(performance.now() - begin)
  }
  const renewal = setInterval(
    () => {
      if (isRenewing) return
      isRenewing = true
      renew()
        .catch((error: unknown) => env.log.warn({ batch: batch.id, err: error }, 'lease not renewed'))
        .finally(() => (isRenewing = false))
    },
    renewalMs(leaseMsOf(settings)),
  )
  return {
    signal: lost.signal,
    release: () => {
      isReleased = true
      clearInterval(renewal)
      clearTimeout(end)
    },
  }
}
