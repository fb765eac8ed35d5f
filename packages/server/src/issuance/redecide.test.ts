import { describe, expect, it } from 'vitest'
import { redecide } from './redecide.js'

const why = { ja: '', en: '' }
const issue = {
  kind: 'server-issue',
  kind_decided: true,
  fields: { fqdn: 'www.example.ac.jp' },
  filled: [
    { field: 'fqdn', value: 'www.example.ac.jp', why },
    { field: 'kind', value: 'server-issue', why },
  ],
} as const
const row = (change: object = {}) => ({ ...issue, filled: [...issue.filled], ...change })

describe('redecide', () => {
  it('makes an issue a renewal of what was issued meanwhile, and shows both', () => {
    const { application, filled } = redecide(row(), { serial: '17' })
    expect(application).toEqual({ kind: 'server-renew', fields: { fqdn: 'www.example.ac.jp', serial: '17' } })
    expect(filled.map(({ field, value }) => [field, value])).toEqual([
      ['fqdn', 'www.example.ac.jp'],
      ['kind', 'server-renew'],
      ['serial', '17'],
    ])
  })

  it.each([
    { name: 'what the caller chose', given: row({ kind_decided: false }), newest: { serial: '17' } },
    { name: 'an issue without a history', given: row(), newest: undefined },
    {
      name: 'a renewal of the newest certificate',
      given: row({ kind: 'server-renew', fields: { serial: '17' } }),
      newest: { serial: '17' },
    },
  ])('leaves $name', ({ given, newest }) => {
    expect(redecide(given, newest)).toEqual({
      application: { kind: given.kind, fields: given.fields },
      filled: given.filled,
    })
  })
})
