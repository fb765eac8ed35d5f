import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { applicationKinds } from '../application/index.js'
import type { Application } from '../application/index.js'
import { organisation, sampleOf } from '../testing/index.js'
import { judge } from './judge.js'

const samples: Application[] = []
beforeAll(async () => {
  for (const kind of applicationKinds) samples.push(await sampleOf(kind))
})

const rest = 'O=Example University,L=Chiyoda-ku,ST=Tokyo,C=JP'
const names = [
  'www.example.ac.jp',
  'WWW.example.ac.jp',
  '-',
  'a=b',
  'a,b',
  ' a',
  'u1@x',
  '表',
  'a@example.ac.jp',
]
const otherDns = [
  rest,
  `CN=${'x'.repeat(300)},${rest}`,
  `CN=a,OU=b,${rest}`,
  `CN=www.example.ac.jp, ${rest}`,
  'CN=www.example.ac.jp,O=Other,L=Chiyoda-ku,ST=Tokyo,C=JP',
]

/** Good values beside others that are wrong in one way, and DNs with the same rest after good and bad names. */
const changes = fc.record(
  {
    subjectDn: fc.constantFrom(...names.map((name) => `CN=${name},${rest}`), ...otherDns),
    subscriberEmail: fc.constantFrom('taro@example.ac.jp', 'taro+x@example.ac.jp', 'taro'),
    profileId: fc.constantFrom('3', '11', '13', '99', '３'),
    downloadType: fc.constantFrom('1', '2', '9'),
    revocationReason: fc.constantFrom('4', '1', '2'),
    revocationComment: fc.constantFrom('更新のため', '髙橋', ' x'),
    software: fc.constantFrom('nginx', 'x'.repeat(200), ''),
    accessPin: fc.constantFrom('Kp7xR2mW9qLs', 'short'),
  },
  { requiredKeys: [] },
)

describe('a row after others', () => {
  it('is judged as it is alone', () => {
    const rowOf = (kind: number) =>
      changes.map((changed): Application => {
        const { csr: _csr, ...fields } = samples[kind]!.fields
        return { kind: samples[kind]!.kind, fields: { ...fields, ...changed } }
      })
    const rows = fc
      .array(fc.nat(applicationKinds.length - 1), { minLength: 1, maxLength: 2 })
      .chain((kinds) => fc.array(fc.oneof(...kinds.map(rowOf)), { maxLength: 12 }))
    fc.assert(
      fc.property(rows, (applications) => {
        const context = { organisation, profiles: ['3', '13'] }
        for (const [index, application] of applications.entries()) {
          const alone = judge(application, index + 1, { ...context })
          expect(judge(application, index + 1, context)).toEqual(alone)
        }
      }),
      { numRuns: 300 },
    )
  })
})
