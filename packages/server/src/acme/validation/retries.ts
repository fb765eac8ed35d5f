/** When a validation that met a passing fault is tried again (RFC 8555 §8.2). Pure. */
import type { ChallengeRow } from '../../store/acme-tables.js'

const RETRY_MS = [5_000, 15_000, 45_000]
/** §8.2: no more often than every 5 or 10 seconds, whoever asks for it. */
const SOONEST_MS = 5_000
/** What an attempt may take at least before a client should look again. */
const LOOK_AGAIN_SECONDS = 2

type Tried = Pick<ChallengeRow, 'status' | 'error' | 'attempts' | 'due_at'>

/** Undefined when it was tried often enough. @param attempts made so far */
export const retryDelayMs = (attempts: number): number | undefined => RETRY_MS[attempts - 1]

/** Milliseconds until the next attempt; undefined when none is waited for: an attempt under way is due later than any retry. */
function waitMs({ status, error, attempts, due_at: dueAt }: Tried, now: Date): number | undefined {
  const delay = retryDelayMs(attempts)
  if (status !== 'processing' || error === null || dueAt === null || delay === undefined) return undefined
  const wait = dueAt.getTime() - now.getTime()
  return wait <= delay ? Math.max(0, wait) : undefined
}

/** Whether a client that asks for a retry gets one now rather than when it is due. */
export function mayRetryNow(challenge: Tried, now: Date): boolean {
  const wait = waitMs(challenge, now)
  const delay = retryDelayMs(challenge.attempts) ?? 0
  return wait !== undefined && wait > 0 && delay - wait >= SOONEST_MS
}

/** §8.2: a time after the next attempt, since nothing changes before. Whole seconds. */
export const lookAgainSeconds = (challenge: Tried, now: Date): number =>
  Math.ceil((waitMs(challenge, now) ?? 0) / 1000) + LOOK_AGAIN_SECONDS
