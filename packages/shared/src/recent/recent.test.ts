import { describe, expect, it } from 'vitest'
import { readOnce } from './index.js'

describe('readOnce', () => {
  const read = () => readOnce((text) => ({ text }))
  const readOthers = (readText: (text: string) => unknown, count: number) => {
    for (let other = 0; other < count; other++) readText(`other ${other}`)
  }

  it.each([
    { others: 127, isKept: true },
    { others: 128, isKept: false },
  ])('after $others others still knows a text: $isKept', ({ others, isKept }) => {
    const readText = read()
    const first = readText('first')
    readOthers(readText, others)
    expect(readText('first') === first).toBe(isKept)
  })

  it('gives each text its own', () => {
    const readText = read()
    expect([readText('a'), readText('b')]).toEqual([{ text: 'a' }, { text: 'b' }])
  })

  it('keeps no fault', () => {
    let faults = 0
    const readText = readOnce((): object => {
      if (faults++ === 0) throw new Error('first')
      return {}
    })
    expect(() => readText('a')).toThrow('first')
    expect(readText('a')).toEqual({})
  })
})
