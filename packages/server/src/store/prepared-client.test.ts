import { describe, expect, it } from 'vitest'
import { StatementNames } from './prepared-client.js'

const often = (names: StatementNames, text: string, times = 3): string | undefined => {
  let name: string | undefined
  for (let time = 0; time < times; time++) name = names.nameOf(text)
  return name
}

describe('StatementNames', () => {
  it('names a statement from the third time on, always alike', () => {
    const names = new StatementNames()
    expect(often(names, 'select a from b', 2)).toBeUndefined()
    const name = names.nameOf('select a from b')
    expect(name).toMatch(/^upki-\d+$/)
    expect(names.nameOf('select a from b')).toBe(name)
  })

  it('gives two statements two names', () => {
    const names = new StatementNames()
    expect(often(names, 'select a from b')).not.toBe(often(names, 'select c from b'))
  })

  it.each([
    { name: 'whose columns a migration may change', text: 'select * from b' },
    { name: 'of 4,001 characters', text: 'x'.repeat(4_001) },
  ])('leaves one $name without', ({ text }) => {
    expect(often(new StatementNames(), text)).toBeUndefined()
  })

  it('names one of 4,000 characters', () => {
    expect(often(new StatementNames(), 'x'.repeat(4_000))).toBeDefined()
  })

  it('names no more than 250', () => {
    const names = new StatementNames()
    for (let count = 1; count < 250; count++) often(names, `select ${count}`)
    expect(often(names, 'the last')).toBeDefined()
    expect(often(names, 'one more')).toBeUndefined()
  })
})
