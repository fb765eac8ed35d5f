import { describe, expect, it } from 'vitest'
import { sampleOf } from '../testing/index.js'
import { ApplicationChecker } from './index.js'
import { SeenKeys } from './seen-keys.js'

describe('SeenKeys', () => {
  it('tells the first row of each key, as a Map would, however often it has grown', () => {
    const seen = new SeenKeys()
    const rows = new Map<string, number>()
    for (let row = 1; row <= 60_000; row += 1) {
      const key = `host${(row * 7919) % 40_000}.example.ac.jp`
      expect(seen.meet(key, row)).toBe(rows.get(key))
      if (!rows.has(key)) rows.set(key, row)
    }
    expect(rows.size).toBe(40_000)
  })

  it('finds no two of 500,000 names and serials the same', () => {
    const seen = new SeenKeys()
    for (let row = 1; row <= 250_000; row += 1) {
      const names = [`server:host${row}.example.ac.jp`, `serial ${10n ** 38n + BigInt(row)}`]
      if (names.some((name) => seen.meet(name, row) !== undefined)) expect.unreachable(`row ${row}`)
    }
  })

  it('takes at most 36 bytes for each key', () => {
    const seen = new SeenKeys()
    for (let row = 1; row <= 100_000; row += 1) seen.meet(`host${row}`, row)
    expect(seen.bytes).toBeLessThanOrEqual(100_000 * 36)
  })

  it('remembers as many keys as it may, and tells that it is full', () => {
    const seen = new SeenKeys(2)
    expect([seen.meet('a', 1), seen.isFull]).toEqual([undefined, false])
    expect([seen.meet('b', 2), seen.isFull]).toEqual([undefined, true])
    expect([seen.meet('c', 3), seen.meet('c', 4), seen.meet('a', 5)]).toEqual([undefined, undefined, 1])
  })
})

describe('a check of more rows than it can remember', () => {
  it('compares with the rows it remembers, and says once from where on it does not', async () => {
    const { kind, fields } = await sampleOf('server-revoke')
    const rows = ['1', '2', '3', '1', '3'].map((serial) => ({ kind, fields: { ...fields, serial } }))
    const found = new ApplicationChecker({ maxKeys: 2 }).check(rows, {})
    expect(found.map(({ row, code, grade }) => `${row} ${code} ${grade}`)).toEqual([
      '2 rowsNotCompared warning',
      '4 serialRepeated error',
    ])
    expect(found[0]?.message.en).toContain('row 2')
  })
})
