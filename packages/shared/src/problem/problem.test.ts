import { describe, expect, it } from 'vitest'
import { findingCatalogue, hasErrors, makeFinding } from './index.js'
import type { FindingSpec } from './index.js'

const words = (sentence: string): string[] => (sentence.match(/\{\w+\}/g) ?? []).sort()

describe('findingCatalogue', () => {
  it.each(Object.entries<FindingSpec>(findingCatalogue))(
    '%s says the same in both languages',
    (_, { message, remedy }) => {
      expect(new Set(words(message.ja))).toEqual(new Set(words(message.en)))
      expect(new Set(words(remedy.ja))).toEqual(new Set(words(remedy.en)))
      expect(message.ja + remedy.ja).toMatch(/[ぁ-ん]/)
      expect(message.en + remedy.en).not.toMatch(/[ぁ-ん]/)
    },
  )
})

describe('makeFinding', () => {
  it('names the column, cuts the value and fills the sentence', () => {
    const column = { number: 12, name: { ja: 'ソフト', en: 'software' } }
    expect(
      makeFinding('tooLong', {
        row: 2,
        field: 'software',
        column,
        value: 'x'.repeat(81),
        words: { max: 1, length: 2 },
      }),
    ).toEqual({
      code: 'tooLong',
      grade: 'error',
      upstreamCode: '202',
      row: 2,
      field: 'software',
      column: 12,
      columnName: column.name,
      value: `${'x'.repeat(79)}…`,
      message: {
        ja: 'ソフトは1桁以内で入力してください（現在2桁）。',
        en: 'software may have 1 characters; it has 2.',
      },
      remedy: { ja: '短くしてください。', en: 'Shorten it.' },
    })
  })

  it('keeps a value of 80 characters whole', () => {
    expect(makeFinding('quoted', { row: 1, value: '漢'.repeat(80) }).value).toBe('漢'.repeat(80))
  })

  it('tells errors from warnings', () => {
    expect(hasErrors([makeFinding('mailSymbol', { row: 1 })])).toBe(false)
    expect(hasErrors([makeFinding('mailSymbol', { row: 1 }), makeFinding('required', { row: 1 })])).toBe(true)
  })
})
