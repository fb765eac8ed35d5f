/**
 * The lease of an upload: the sign of life that other processes wait for.
 *
 * Past its end the batch counts as abandoned and the report decides, perhaps for a
 * second upload. So whoever loses the lease, or cannot renew it in time, stops
 * sending at once. Source: docs/issuance-cycle.md, step 6.
 */
import { renewLease } from '../store/batches.js'
import type { Environment } from './ports/environment.js'

const LEASE_MS = 90_000
// Well below any settleSeconds, so that a lost lease is noticed before a report can prove anything.
const RENEWAL_MS = 2_000
// Before the lease ends for others, whose clocks are not quite ours.
const GIVE_UP_MS = 75_000

export interface Lease {
  /** Aborts when the lease is lost. */
  signal: AbortSignal
  release(): void
}

export const leaseEnd = (now: Date): Date => new Date(now.getTime() + LEASE_MS)

/** @param batchId claimed just now, with a lease until `leaseEnd` */
export function holdLease(env: Environment, batchId: string): Lease {
  const lost = new AbortController()
  const lose = (why: string) => lost.abort(new Error(why))
  // Timers run on a monotonic clock: it counts while the process is stopped, and does not jump.
  const end = setTimeout(() => lose('the lease of the upload could not be renewed in time'), GIVE_UP_MS)
  const renew = async () => {
    if (await renewLease(env.db, batchId, leaseEnd(env.now()))) end.refresh()
    else lose('the lease of the upload was lost')
  }
  const renewal = setInterval(() => {
    renew().catch((error: unknown) => env.log.warn({ batch: batchId, err: error }, 'lease not renewed'))
  }, RENEWAL_MS)
  return {
    signal: lost.signal,
    release: () => {
      clearInterval(renewal)
      clearTimeout(end)
    },
  }
}
