/**
 * The gateway's check and the simulator's were written apart from each other, from the same facts: rows that one
 * passes the other takes, and rows that one refuses the other refuses. A generated corpus; every difference is printed.
 */
import iconv from 'iconv-lite'
import { beforeAll, expect, it } from 'vitest'
import { applicationKinds } from '@upki-gateway/shared/application'
import type { Application, ApplicationKind, FieldName } from '@upki-gateway/shared/application'
import { checkApplications } from '@upki-gateway/shared/check'
import { makeCsr, organisation, readAll, sampleOf } from '@upki-gateway/shared/testing'
import { kindTables } from '@upki-gateway/shared/tsv'
import { checkUpload } from '../../packages/simulator/src/checks/upload.js'
import { sampleOrganisation } from '../../packages/simulator/src/organisations/organisation.js'

type Kind = Exclude<ApplicationKind, 'subscriber-update'>
const kinds = applicationKinds.filter((kind): kind is Kind => kind !== 'subscriber-update')

const dn = (cn: string, rest = 'O=Example University,L=Chiyoda-ku,ST=Tokyo,C=JP') => `CN=${cn},${rest}`
const names = (count: number) =>
  Array.from({ length: count }, (_, index) => `dNSName=h${index}.example.ac.jp`).join()

/** Values on both sides of every rule; each is put into each kind, also where the column is reserved. */
const values: Partial<Record<FieldName, readonly string[]>> = {
  subjectDn: [
    '',
    dn('www.example.ac.jp'),
    dn('web.example.ac.jp'),
    dn('*.example.ac.jp'),
    dn('192.0.2.1'),
    dn('localhost'),
    dn('www.example.com'),
    dn(`${'a'.repeat(50)}.example.ac.jp`),
    dn(`${'a'.repeat(51)}.example.ac.jp`),
    dn('www.example.ac.jp', ' O=Example University, L=Chiyoda-ku, ST=Tokyo, C=JP'),
    'www.example.ac.jp',
    dn('www.example.ac.jp', 'OU=Science,O=Example University,L=Chiyoda-ku,ST=Tokyo,C=JP'),
    dn('www.example.ac.jp', 'O=Example University,L=Default City,ST=Tokyo,C=JP'),
    dn('www.example.ac.jp', 'O=Example University,L=Kyoto,ST=Tokyo,C=JP'),
    dn('www.example.ac.jp', 'O=Example University,L=Chiyoda-ku,ST=Toukyou,C=JP'),
    dn('www.example.ac.jp', 'O=Example University,L=Chiyoda-ku,ST=Tokyo,C=US'),
    dn('www.example.ac.jp', 'O=Example University,ST=Tokyo,C=JP'),
    dn('www.example.ac.jp', 'L=Chiyoda-ku,ST=Tokyo,C=JP'),
    'C=JP,ST=Tokyo,L=Chiyoda-ku,O=Example University,CN=www.example.ac.jp',
    dn('www.example.ac.jp').toLowerCase(),
    `${dn('www.example.ac.jp')},`,
    dn('u0012345.1'),
    dn('u#1'),
    dn('hanako@example.ac.jp'),
  ],
  profileId: ['', '3', '11', '5', '13', '15', '7', '1', '2', '99', '3x', '333'],
  downloadType: ['', '1', '2', '3', '4', '0', 'x'],
  serial: [
    '',
    '62619332934935910747746520067307416637',
    '0x2F1C0B7A9D3E4455667788990A1B2C3D',
    '2F1C0B7A',
    '1.23457E+38',
    '0',
    'x',
  ],
  revocationReason: ['', '0', '1', '2', '3', '4', '5', '6', '10', 'x'],
  revocationComment: ['', 'a'.repeat(128), 'a'.repeat(129), '更新のため', '髙橋'],
  csr: ['', 'AAAA', 'not base64!', '-----BEGIN CERTIFICATE REQUEST-----'],
  subscriberName: ['', 'a'.repeat(64), 'a'.repeat(65), '漢'.repeat(32), '髙橋', '"国立"', '"', '""', 'a"b'],
  subscriberDepartment: ['', 'a'.repeat(64), 'a'.repeat(65), '第①研究室'],
  subscriberEmail: [
    '',
    'taro',
    'taro@example',
    'taro@-example.ac.jp',
    'taro@b@example.ac.jp',
    'ta..ro@example.ac.jp',
    'a b@example.ac.jp',
    `${'a'.repeat(64)}@example.ac.jp`,
    `${'a'.repeat(65)}@example.ac.jp`,
  ],
  fqdn: ['', 'web.example.ac.jp', 'www.example.com', '-www.example.ac.jp', '192.0.2.1'],
  software: ['', 'a'.repeat(128), 'a'.repeat(129), '日本語'],
  dnsNames: [
    '',
    'dNSName=web.example.ac.jp',
    'dNSName=a.example.ac.jp,',
    'a.example.ac.jp',
    'dNSName=*.example.ac.jp',
    'dNSName=192.0.2.1',
    'dNSName=www.example.com',
    'dNSName=localhost',
    'dNSName=a.example.ac.jp, dNSName=b.example.ac.jp',
    names(7),
    names(8),
    'dnsname=a.example.ac.jp',
    `dNSName=${'a'.repeat(63)}.example.ac.jp`,
    `dNSName=${'a'.repeat(64)}.example.ac.jp`,
    'dNSName=a.example.ac.jp,dNSName=a.example.ac.jp',
  ],
  userName: ['', 'a'.repeat(64), 'a'.repeat(65), '髙橋'],
  p12FileName: ['', 'cli-1', 'a/b', 'a.b', '..', '花子'],
  userDepartment: ['', 'a'.repeat(65)],
  userEmail: ['', 'hanako', 'taro@example.ac.jp'],
  accessPin: ['', 'Kp7xR2mW9qLs', 'Kp7x R2mW9qLs'],
  acmeAccountId: ['', 'acct-0001', 'a'.repeat(129)],
}

const csrs: Record<string, string> = {}
beforeAll(async () => {
  const keys = ['rsa2048', 'p384', 'rsa3072', 'p256', 'rsaSha1'] as const
  for (const key of keys) csrs[key] = await makeCsr({ key })
  csrs.challengePassword = await makeCsr({ challengePassword: 'secret' })
  csrs.companyName = await makeCsr({ unstructuredName: 'Example' })
  csrs.ou = await makeCsr({
    subject: 'C=JP,ST=Tokyo,L=Chiyoda-ku,O=Example University,OU=Science,CN=www.example.ac.jp',
  })
  csrs.disordered = await makeCsr({
    subject: 'C=JP,L=Chiyoda-ku,ST=Tokyo,O=Example University,CN=www.example.ac.jp',
  })
  csrs.otherName = await makeCsr({
    subject: 'C=JP,ST=Tokyo,L=Chiyoda-ku,O=Example University,CN=web.example.ac.jp',
  })
})

/** Cells as a person would type them, whatever the check thinks of them. */
function toCells({ kind, fields }: Application): string[] {
  return kindTables[kind].columns.map(({ field }) => (field && fields[field]) ?? '')
}

async function corpusOf(kind: Kind): Promise<string[][]> {
  const csr = /^server-(issue|renew)$/.test(kind) ? { csr: csrs.rsa2048! } : {}
  const sample = await sampleOf(kind, csr)
  const columns = kindTables[kind].columns
  const changed = columns.flatMap(({ field, number }) => {
    if (!field) return [replace(toCells(sample), number, 'x')]
    const all = field === 'csr' ? [...(values.csr ?? []), ...Object.values(csrs)] : (values[field] ?? [])
    return all.map((value) => replace(toCells(sample), number, value))
  })
  // Two changes at once, by a fixed stride, so that one fault does not hide another.
  const pairs = changed.flatMap((cells, index) => {
    const other = changed[(index * 7 + 3) % changed.length]!
    return [cells.map((cell, place) => (cell === toCells(sample)[place] ? other[place]! : cell))]
  })
  return [toCells(sample), ...changed, ...pairs]
}

const replace = (cells: string[], number: number, value: string): string[] =>
  cells.map((cell, index) => (index === number - 1 ? value : cell))

/** Both know of the sample's certificate and account, and of nothing else. */
const knownSerial = '62619332934935910747746520067307416637'

function simulatorRefuses(kind: Kind, bytes: Buffer, subjectDn: string): string[] {
  const category = kind.slice(0, kind.indexOf('-')) as 'server' | 'client' | 'smime' | 'acme'
  // What an ACME account obtains is a server certificate.
  const issuedAs = category === 'acme' ? 'server' : category
  const history = {
    isClaimed: (claim: string): boolean => claim === 'account acct-0001',
    certificate: (serial: string) => (serial === knownSerial ? { category: issuedAs, subjectDn } : undefined),
  }
  const rows = checkUpload(kind, { name: 'a.tsv', octets: bytes }, sampleOrganisation, history)
  return 'code' in rows
    ? [String(rows.code)]
    : rows.flatMap(({ faults }) => faults.map(({ code, column, message }) => `${code}:${column} ${message}`))
}

/** Warnings because our records may be old; here both sides know all there is. */
const offRecord = new Set(['serialUnknown'])

async function checkerRefuses(kind: Kind, bytes: Buffer, subjectDn: string): Promise<string[]> {
  const read = await readAll(bytes, { kind, format: 'upki-tsv' })
  const [row] = read.rows
  if (!row?.input) return row?.findings.map(({ code }) => code) ?? ['nothing']
  const context = {
    organisation,
    issuedDn: (serial: string) => (serial === knownSerial ? subjectDn : undefined),
  }
  const findings = checkApplications([{ kind, fields: row.input.fields }], context)
  return findings
    .filter(({ code, grade }) => grade === 'error' || offRecord.has(code))
    .map(({ code, field }) => `${code} ${field ?? ''}`)
}

it.each(kinds)('checker and simulator agree on %s', async (kind) => {
  const differences: string[] = []
  const corpus = await corpusOf(kind)
  const subjectDn = corpus[0]?.[0] || dn('www.example.ac.jp')
  for (const cells of corpus) {
    const bytes = iconv.encode(`${cells.join('\t')}\r\n`, 'cp932')
    const ours = await checkerRefuses(kind, bytes, subjectDn)
    const theirs = simulatorRefuses(kind, bytes, subjectDn)
    if (ours.length > 0 !== theirs.length > 0)
      differences.push(
        `${cells.map((cell) => cell.slice(0, 60)).join('|')}\n  checker: ${ours.join('; ') || 'passes'}\n  simulator: ${theirs.join('; ') || 'takes it'}`,
      )
  }
  expect(differences.join('\n')).toBe('')
})
