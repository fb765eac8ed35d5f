import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Application, ApplicationFields, FieldName } from '../application/index.js'
import { parseCsr } from '../csr/index.js'
import { renderDnsNames } from '../identifier/index.js'
import type { Finding } from '../problem/index.js'
import { encodeTsv } from '../tsv/index.js'
import { parseCases } from '../testing/cases.js'
import { makeCsr, makeCsrDer, sampleSubject } from '../testing/make-csr.js'
import { dnFor, organisation, serverIssue } from '../testing/sample.js'
import { checkApplications, readBlockedKeys } from './index.js'

const names = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `h${index}.example.ac.jp`)
const cn = 'www.example.ac.jp'

/** A list of exactly that many characters: dNSName= (8) and 63.63.63…example.ac.jp filled up to measure. */
function listOfLength(length: number, others: string[]): string {
  const rest = length - renderDnsNames([...others, '']).length
  const filler = 'a'.repeat(rest - '.example.ac.jp'.length)
  const labels = filler.replace(/(.{60})(?=.)/g, (run) => `${run.slice(0, -1)}.`)
  return renderDnsNames([...others, `${labels}.example.ac.jp`])
}

const made: Record<string, string> = {
  '7names': renderDnsNames(names(7)),
  '8names': renderDnsNames(names(8)),
  '8namesWithCn': renderDnsNames([...names(7), cn]),
  '9namesWithCn': renderDnsNames([...names(8), cn]),
  length250withFqdn: listOfLength(250 - `,dNSName=${cn}`.length, []),
  length251withFqdn: listOfLength(251 - `,dNSName=${cn}`.length, []),
  length250: listOfLength(250, [cn]),
  length251: listOfLength(251, [cn]),
}

async function badSignature(): Promise<string> {
  const der = Buffer.from(await makeCsrDer())
  der[der.length - 1] = (der.at(-1) ?? 0) ^ 1
  return der.toString('base64')
}

/** A number of 2048 bits that is a power of 65537 modulo every prime up to 167. */
function rocaLike(): bigint {
  const primes = Array.from({ length: 168 }, (_, number) => number).filter(
    (number) =>
      number > 1 && !Array.from({ length: number }, (_, d) => d).some((d) => d > 1 && number % d === 0),
  )
  const product = primes.reduce((sum, prime) => sum * BigInt(prime), 1n)
  return ((1n << 2047n) / product + 1n) * product + (65537n ** 5n % product)
}

/** A CSR with another modulus in its key; no one needs to sign with it, since the key is judged first. */
async function withModulus(modulus: bigint): Promise<string> {
  const der = Buffer.from(await makeCsrDer())
  // INTEGER of 257 octets, the first one zero.
  const at = der.indexOf(Buffer.from('0282010100', 'hex'))
  der.write(modulus.toString(16).padStart(512, '0'), at + 5, 'hex')
  return der.toString('base64')
}

beforeAll(async () => {
  const subject = (from: string, to: string) => makeCsr({ subject: sampleSubject.replace(from, to) })
  Object.assign(made, {
    sample: await makeCsr(),
    p384: await makeCsr({ key: 'p384' }),
    p256: await makeCsr({ key: 'p256' }),
    rsa3072: await makeCsr({ key: 'rsa3072' }),
    ed25519: await makeCsr({ key: 'ed25519' }),
    sha1: await makeCsr({ key: 'rsaSha1' }),
    badSignature: await badSignature(),
    closePrimes: await withModulus(((3n << 1022n) + 1155n) ** 2n),
    roca: await withModulus(rocaLike()),
    challengePassword: await makeCsr({ challengePassword: 'secret' }),
    reversed: await makeCsr({ subject: dnFor(cn) }),
    disordered: await subject('ST=Tokyo,L=Chiyoda-ku', 'L=Chiyoda-ku,ST=Tokyo'),
    nameOnly: await makeCsr({ subject: `CN=${cn}` }),
    ou: await subject('O=Example University', 'O=Example University,OU=Science'),
    mail: await makeCsr({ subject: `${sampleSubject},emailAddress=taro@example.ac.jp` }),
    otherLocality: await subject('L=Chiyoda-ku', 'L=Default City'),
    otherCase: await subject('Example University', 'Example university'),
    otherName: await subject(cn, 'web.example.ac.jp'),
    blankBefore: await subject('O=Example University', 'O= Example University'),
    blankBehind: await subject('ST=Tokyo', 'ST=Tokyo '),
    blankInside: await subject('Example University', 'Example  University'),
    utf8Country: await makeCsr({ utf8Country: true }),
  })
}, 60_000)

function changesOf(cell: string): ApplicationFields {
  const pairs = cell === '' ? [] : cell.split(/ & (?=\w+=)/)
  return Object.fromEntries(
    pairs.map((pair) => {
      const equals = pair.indexOf('=')
      const value = pair.slice(equals + 1)
      return [pair.slice(0, equals), value.startsWith('@') ? made[value.slice(1)] : value]
    }),
  )
}

const sample = async (fields: ApplicationFields = {}): Promise<Application> =>
  serverIssue({ csr: made.sample ?? '', ...fields })

const short = ({ code, grade, field }: Finding): string =>
  `${code}${grade === 'warning' ? '!' : ''} ${field ?? ''}`
const codes = (findings: readonly Finding[]): string[] => findings.map(({ row, code }) => `${row} ${code}`)

describe('checkApplications for server-issue', () => {
  const cases = parseCases(readFileSync(new URL('server-issue.cases.txt', import.meta.url), 'utf8'))

  it.each(cases)('%s ← %s (%s)', async (expected = '', changes = '') => {
    const application = await sample(changesOf(changes))
    const findings = checkApplications([application], { organisation })
    expect(findings.map(short).sort()).toEqual(expected.split(' & ').filter(Boolean).sort())
    for (const finding of findings) expectComplete(finding)
    // What passes without an error can be written.
    if (findings.every(({ grade }) => grade !== 'error')) encodeTsv([application])
  })
})

/** Every brace is filled, and the column is named. */
function expectComplete({ row, field, column, columnName, message, remedy }: Finding): void {
  expect(row).toBe(1)
  if (field !== 'userName') expect([column, columnName?.ja]).not.toContain(undefined)
  expect(JSON.stringify([message, remedy])).not.toMatch(/[{][a-z]|undefined|""/)
}

describe('keys that are blocked', () => {
  const list = (hash: string) => readBlockedKeys(`# leaked\r\n\r\n${hash.toUpperCase()} 2008, openssl\n`)

  it('are refused, whoever they belong to', async () => {
    const { spkiSha256 } = parseCsr(made.sample ?? '')
    const context = { organisation, blockedKeys: list(spkiSha256) }
    expect(codes(checkApplications([await sample()], context))).toEqual(['1 keyBlocked'])
    expect(checkApplications([await sample()], { organisation, blockedKeys: list('0'.repeat(64)) })).toEqual(
      [],
    )
  })

  it.each(['0'.repeat(63), '0'.repeat(65), `${'0'.repeat(63)}g`, `x ${'0'.repeat(64)}`])(
    'are no list with the line %s',
    (line) => {
      expect(() => readBlockedKeys(`${'0'.repeat(64)}\n${line}\n`)).toThrow('line 2')
    },
  )
})

describe('checkApplications with a history', () => {
  const history = (commonName: string) => (commonName === cn ? { serial: '255' } : undefined)

  it('says that a known CN can only be renewed, with which serial, and the code of the service', async () => {
    const [finding] = checkApplications([await sample()], { organisation, history })
    expect(finding).toMatchObject({ code: 'commonNameKnown', upstreamCode: '212', column: 1 })
    expect(finding?.remedy.en).toContain('255')
  })

  it.each([
    ['255', []],
    ['0xff', []],
    ['254', ['1 serialNotNewest']],
    ['ff', ['1 serialSyntax']],
    ['1.23457E+38', ['1 serialDamaged']],
    ['', ['1 required']],
  ])('takes a renewal of serial %s with findings %j', async (serial, expected) => {
    const { fields } = await sample({ serial })
    expect(codes(checkApplications([{ kind: 'server-renew', fields }], { organisation, history }))).toEqual(
      expected,
    )
  })

  it('warns about a renewal of a CN that is not on record', async () => {
    const { fields } = await sample({ serial: '255' })
    const findings = checkApplications([{ kind: 'server-renew', fields }], {
      organisation,
      history: () => undefined,
    })
    expect(codes(findings)).toEqual(['1 commonNameNew'])
  })

  it('refuses a key that was seen before', async () => {
    const seen = parseCsr(made.sample ?? '').keyIdentity
    const findings = checkApplications([await sample()], { organisation, keySeen: (key) => key === seen })
    expect(codes(findings)).toEqual(['1 keySeen'])
  })

  it('refuses a profile that the organisation may not use', async () => {
    expect(codes(checkApplications([await sample()], { organisation, profiles: ['11'] }))).toEqual([
      '1 profileNotAllowed',
    ])
    expect(codes(checkApplications([await sample()], { organisation, profiles: ['3'] }))).toEqual([])
  })
})

describe('checkApplications across rows', () => {
  const other = async (fields: ApplicationFields = {}) =>
    sample({
      subjectDn: dnFor('web.example.ac.jp'),
      fqdn: 'web.example.ac.jp',
      csr: made.otherName ?? '',
      ...fields,
    })

  it('finds nothing in rows that differ', async () => {
    expect(checkApplications([await sample(), await other()], { organisation })).toEqual([])
  })

  it('refuses a CN twice, also in another case', async () => {
    const csr = await makeCsr({ subject: sampleSubject.replace('www', 'WWW') })
    const twice = await sample({ csr, subjectDn: dnFor('WWW.example.ac.jp'), fqdn: 'WWW.example.ac.jp' })
    const findings = checkApplications([await sample(), twice], { organisation })
    expect(codes(findings)).toEqual(['2 hostCapitals', '2 commonNameRepeated'])
  })

  it('refuses a key twice', async () => {
    const findings = checkApplications([await sample(), await other({ csr: made.sample ?? '' })], {
      organisation,
    })
    expect(codes(findings)).toEqual(['2 csrSubjectDiffers', '2 keyRepeated'])
    expect(findings[1]?.message.en).toContain('row 1')
  })

  it('compares O, L and ST among the rows when the organisation is not known', async () => {
    const subjectDn = dnFor('web.example.ac.jp').replace('Tokyo', 'tokyo')
    const csr = await makeCsr({ subject: subjectDn })
    const findings = checkApplications([await sample(), await other({ subjectDn, csr })], {})
    expect(codes(findings)).toEqual(['2 dnStateUnusual', '2 dnDiffersAmongRows'])
  })
})

describe('suggestions', () => {
  it.each<[FieldName, string, string, boolean]>([
    ['subscriberName', '髙橋①', '高橋1', true],
    ['subscriberName', 'ﾀﾛｳ', 'タロウ', false],
    ['profileId', '３', '3', false],
    ['software', 'nginx\\s', 'nginx', false],
    ['subjectDn', `C=JP, CN=${cn}`, `CN=${cn},C=JP`, false],
    [
      'dnsNames',
      'a.example.ac.jp, b.example.ac.jp',
      'dNSName=a.example.ac.jp,dNSName=b.example.ac.jp',
      false,
    ],
  ])('for %s %s: %s', async (field, given, value, needsConsent) => {
    const application = await sample({ [field]: given.replace('\\s', ' ') })
    const found = checkApplications([application], { organisation }).map(({ suggestion }) => suggestion)
    expect(found).toContainEqual({ field, value, needsConsent })
  })

  it('offers 0x for a serial in hexadecimal', async () => {
    const { fields } = await sample({ serial: '2F1C' })
    const [finding] = checkApplications([{ kind: 'server-renew', fields }], { organisation })
    expect(finding?.suggestion).toEqual({ field: 'serial', value: '0x2F1C', needsConsent: false })
  })

  it('cuts the value to 80 characters', async () => {
    const [finding] = checkApplications([await sample({ software: '漢'.repeat(129) })], { organisation })
    expect(Array.from(finding?.value ?? '')).toHaveLength(80)
  })
})
