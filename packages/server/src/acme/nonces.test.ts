import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { NONCE_LIFETIME_MS, Nonces, oldestNonceAt } from './nonces.js'

const key = randomBytes(32)
const nonces = new Nonces(key)
const now = new Date('2027-01-01T00:00:00Z')
const later = (ms: number) => new Date(now.getTime() + ms)

describe('Nonces', () => {
  it('reads what another process with the same key made', () => {
    expect(new Nonces(Buffer.from(key)).read(nonces.make(now), now)).toBeInstanceOf(Buffer)
  })

  it('makes a different one each time', () => {
    expect(new Set(Array.from({ length: 1000 }, () => nonces.make(now))).size).toBe(1000)
  })

  it.each([
    ['at the end of its life', NONCE_LIFETIME_MS, true],
    ['a millisecond later', NONCE_LIFETIME_MS + 1, false],
    ['made by a clock a minute ahead', -60_000, true],
    ['made further in the future', -60_001, false],
  ])('judges one %s', (_, age, good) => {
    expect(nonces.read(nonces.make(now), later(age)) !== undefined).toBe(good)
  })

  const good = nonces.make(now)
  it.each([
    ['nothing', ''],
    ['another alphabet', '+'.repeat(43)],
    ['ten thousand characters', 'A'.repeat(10_000)],
    ['one of another gateway', new Nonces(randomBytes(32)).make(now)],
    ['one with its time changed', `B${good.slice(1)}`],
    ['one cut short', good.slice(0, -2)],
    ['one with padding', `${good}=`],
  ])('does not take %s', (_, text) => {
    expect(nonces.read(text, now)).toBeUndefined()
  })

  it('sorts by time', () => {
    const read = (time: Date) => nonces.read(nonces.make(time), time) ?? Buffer.alloc(0)
    expect(Buffer.compare(oldestNonceAt(now), read(now))).toBe(-1)
    expect(Buffer.compare(oldestNonceAt(later(1)), read(now))).toBe(1)
  })
})
