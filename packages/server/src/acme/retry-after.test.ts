import { describe, expect, it } from 'vitest'
import { retryAfterSeconds } from './retry-after.js'

const start = new Date('2027-01-01T00:00:00Z')
const after = (seconds: number) => retryAfterSeconds(start, new Date(start.getTime() + seconds * 1000))

describe('retryAfterSeconds', () => {
  it.each([
    { name: 'is one second at first', waited: 0, wait: 1 },
    { name: 'is one second when the clock was set back', waited: -3600, wait: 1 },
    { name: 'is one second for twelve seconds', waited: 12, wait: 1 },
    { name: 'then grows', waited: 12.001, wait: 2 },
    { name: 'is at most five seconds in the first minute', waited: 60, wait: 5 },
    { name: 'goes on growing', waited: 600, wait: 50 },
    { name: 'reaches ten minutes after two hours', waited: 7200, wait: 600 },
    { name: 'never exceeds ten minutes', waited: 30 * 86_400, wait: 600 },
  ])('$name', ({ waited, wait }) => {
    expect(after(waited)).toBe(wait)
  })

  it('never shrinks while the client waits', () => {
    const waits = Array.from({ length: 10_000 }, (_, second) => after(second))
    expect(waits.every((wait, index) => index === 0 || wait >= (waits[index - 1] ?? 0))).toBe(true)
  })
})
