import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { applicationKinds } from '../application/index.js'
import type { ApplicationFields, ApplicationKind } from '../application/index.js'
import type { Finding } from '../problem/index.js'
import { encodeTsv, overlayTables } from '../tsv/index.js'
import { parseCases } from '../testing/cases.js'
import { makeCsr } from '../testing/make-csr.js'
import { organisation } from '../testing/sample.js'
import { sampleOf } from '../testing/sample-kinds.js'
import { applySuggestions, checkApplications } from './index.js'

const cases = parseCases(readFileSync(new URL('other-kinds.cases.txt', import.meta.url), 'utf8'))
const context = { organisation, unpublishedKinds: true }
let csr = ''
beforeAll(async () => {
  csr = await makeCsr()
})

const changesOf = (cell: string): ApplicationFields =>
  Object.fromEntries(
    cell
      .split(/ & (?=\w+=)/)
      .filter(Boolean)
      .map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
  )
const short = ({ code, grade, field }: Finding): string =>
  `${code}${grade === 'warning' ? '!' : ''} ${field ?? ''}`
const codes = (findings: readonly Finding[]): string[] => findings.map(({ row, code }) => `${row} ${code}`)
const sample = (kind: ApplicationKind, fields: ApplicationFields = {}) =>
  sampleOf(kind, { ...(/^server-(issue|renew)$/.test(kind) && { csr }), ...fields })

describe('checkApplications for every kind', () => {
  it.each(cases)('%s: %s ← %s (%s)', async (kind = '', expected = '', changes = '') => {
    const application = await sample(kind as ApplicationKind, changesOf(changes))
    const findings = checkApplications([application], context)
    expect(findings.map(short).sort()).toEqual(expected.split(' & ').filter(Boolean).sort())
    expect(JSON.stringify(findings.map(({ message, remedy }) => [message, remedy]))).not.toMatch(
      /[{][a-z]\w*[}]|""/,
    )
    // What passes without an error can be written.
    if (findings.every(({ grade }) => grade !== 'error')) encodeTsv([application])
  })

  it('has an accepted and a refused case for every kind', () => {
    const seen = new Set(cases.map(([kind = '', expected = '']) => `${kind} ${expected === ''}`))
    const others = applicationKinds.filter((kind) => kind !== 'server-issue')
    expect(others.filter((kind) => !seen.has(`${kind} true`) || !seen.has(`${kind} false`))).toEqual([])
  })

  it('takes a kind whose columns are not published only when told to', async () => {
    const findings = checkApplications([await sample('subscriber-update')], { organisation })
    expect(codes(findings)).toEqual(['1 kindUnpublished'])
  })

  it('never shows an access PIN', async () => {
    const findings = checkApplications([await sample('client-issue', { accessPin: '"ｓecret9"' })], context)
    expect(findings).not.toEqual([])
    expect(JSON.stringify(findings)).not.toContain('ecret9')
  })
})

describe('checkApplications across rows of other kinds', () => {
  it('refuses a DN and a file name twice, for certificates of persons', async () => {
    const rows = [await sample('client-issue'), await sample('client-issue')]
    expect(codes(checkApplications(rows, context))).toEqual(['2 dnRepeatedInFile', '2 p12FileNameRepeated'])
  })

  it('refuses to revoke one certificate twice, in whatever form the serial stands', async () => {
    const rows = [
      await sample('client-revoke', { serial: '255' }),
      await sample('client-revoke', { serial: '0xFF' }),
    ]
    expect(codes(checkApplications(rows, context))).toEqual(['2 serialRepeated'])
  })
})

describe('checkApplications with what was issued', () => {
  const known = async (kind: ApplicationKind) => (await sample(kind)).fields.subjectDn
  const historyOfDn = (dn: string) => (dn.includes('u0012345.1') ? { serial: '255' } : undefined)

  it('tells a known DN of a client certificate, with the code of the service', async () => {
    const [finding] = checkApplications([await sample('client-issue')], { ...context, historyOfDn })
    expect(finding).toMatchObject({ code: 'dnKnown', upstreamCode: '212', column: 1 })
  })

  it.each([
    ['255', '', []],
    ['254', '', ['1 serialNotNewest']],
    ['255', 'CN=u2,O=Example University,L=Chiyoda-ku,ST=Tokyo,C=JP', ['1 dnUnknown']],
  ])('judges a renewal of serial %s, DN %s: %j', async (serial, dn, expected) => {
    const row = await sample('client-renew', { serial, ...(dn && { subjectDn: dn }) })
    expect(codes(checkApplications([row], { ...context, historyOfDn }))).toEqual(expected)
  })

  it('tells serials that are not on record, and DNs that are not those of the serial', async () => {
    const dn = await known('client-revoke')
    const issuedDn = (serial: string) => (serial === '255' ? dn : serial === '254' ? 'CN=other' : undefined)
    const check = async (serial: string) =>
      codes(checkApplications([await sample('client-revoke', { serial })], { ...context, issuedDn }))
    expect([await check('0xff'), await check('254'), await check('1')]).toEqual([
      [],
      ['1 serialOfOtherDn'],
      ['1 serialUnknown'],
    ])
  })

  it.each([
    ['client-revoke', '0xff', ['1 serialBeingRevoked']],
    ['client-revoke', '254', ['1 serialEnded']],
    ['client-revoke', '253', []],
    ['client-renew', '255', []],
  ] as const)('judges whether %s of serial %s can still be revoked: %j', async (kind, serial, expected) => {
    const revokedBy = (known: string) => (known === '255' ? 'application 1' : undefined)
    const hasEnded = (known: string) => known === '254' || known === '255'
    const rows = [await sample(kind, { serial })]
    expect(codes(checkApplications(rows, { ...context, revokedBy, hasEnded }))).toEqual(expected)
  })
})

describe('tables of an institution', () => {
  it('change a limit, a mark and the profiles', async () => {
    const tables = overlayTables({
      'client-issue': {
        profiles: ['14'],
        columns: { userDepartment: { use: 'required' }, userName: { max: 4 } },
      },
    })
    const row = await sample('client-issue', { userDepartment: '' })
    expect(codes(checkApplications([row], { ...context, tables }))).toEqual([
      '1 profileUnknown',
      '1 tooLong',
      '1 required',
    ])
  })
})

describe('applySuggestions', () => {
  it('applies what is offered, in as many rounds as it takes, and says what it changed', async () => {
    const row = await sample('acme-create', {
      subjectDn: 'c=JP, st=Tokyo, l=Chiyoda-ku, o=Example University, cn=WWW.example.ac.jp',
      fqdn: 'WWW.example.ac.jp',
      dnsNames: 'WWW.example.ac.jp, www.example.ac.jp',
      subscriberName: '髙橋',
    })
    const { applications, changes, findings } = applySuggestions([row], context, () => true)
    expect(findings).toEqual([])
    expect(applications[0]?.fields).toMatchObject({
      subjectDn: 'CN=www.example.ac.jp,O=Example University,L=Chiyoda-ku,ST=Tokyo,C=JP',
      fqdn: 'www.example.ac.jp',
      dnsNames: 'dNSName=www.example.ac.jp',
      subscriberName: '高橋',
    })
    expect(changes[0]).toMatchObject({ row: 1, field: 'subjectDn' })
  })

  it('leaves what is not accepted, and never touches its input', async () => {
    const row = await sample('acme-create', { subscriberName: '髙橋', profileId: '３' })
    const { applications } = applySuggestions([row], context, (_, { needsConsent }) => !needsConsent)
    expect(applications[0]?.fields).toMatchObject({ subscriberName: '髙橋', profileId: '3' })
    expect(row.fields.profileId).toBe('３')
  })
})
