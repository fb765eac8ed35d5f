import { describe, expect, it } from 'vitest'
import type { OrderError } from '../../store/acme-tables.js'
import { lookAgainSeconds, mayRetryNow, retryDelayMs } from './retries.js'

const now = new Date('2026-04-01T00:00:00Z')
const error: OrderError = { problem: 'dns', detail: { en: 'x', ja: 'x' } }
const tried = (attempts: number, inSeconds: number, change = {}) => ({
  ...{ status: 'processing' as const, error, attempts, due_at: new Date(now.getTime() + inSeconds * 1000) },
  ...change,
})

describe('retries', () => {
  it('come after 5, 15 and 45 seconds, and then no more', () => {
    expect([1, 2, 3, 4].map(retryDelayMs)).toEqual([5_000, 15_000, 45_000, undefined])
  })

  it.each([
    ['the first, which is due soon enough', tried(1, 4), false, 6],
    ['the second, 4 s after the attempt', tried(2, 11), false, 13],
    ['the second, 5 s after the attempt', tried(2, 10), true, 12],
    ['the third, long before it is due', tried(3, 40), true, 42],
    ['one that is due', tried(3, 0), false, 2],
    ['one that is overdue', tried(3, -10), false, 2],
    ['an attempt that is under way', tried(2, 120), false, 2],
    ['the first attempt', tried(1, 3, { error: null }), false, 2],
    ['none, after the last attempt', tried(4, 3), false, 2],
    ['a challenge that is settled', tried(2, 5, { status: 'invalid' as const }), false, 2],
  ])('%s: at once when asked for %s, look again after %s s', (_name, challenge, now_, seconds) => {
    expect([mayRetryNow(challenge, now), lookAgainSeconds(challenge, now)]).toEqual([now_, seconds])
  })
})
