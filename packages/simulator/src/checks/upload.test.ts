import { beforeAll, describe, expect, it } from 'vitest'
import type { Kind } from '../applications/kinds.js'
import { sampleOrganisation } from '../organisations/organisation.js'
import { Registry } from '../registry/registry.js'
import { toTsv } from '../testing/operator.js'
import {
  acmeCreate,
  change,
  clientIssue,
  dn,
  makeCsr,
  serverIssue,
  serverRevoke,
  smimeIssue,
  type RowChanges,
} from '../testing/rows.js'
import { faultText } from './errors.js'
import { checkUpload, type CheckedRow } from './upload.js'

const www = 'www.example.ac.jp'
const newHistory = () => new Registry().historyOf('example')

const checkFile = (
  octets: Buffer,
  name = 'sample.tsv',
  kind: Kind = 'server-issue',
  organisation = sampleOrganisation,
) => checkUpload(kind, { name, octets }, organisation, newHistory())

/** `code:column` of each fault of one row. */
function faultsOf(kind: Kind, row: readonly string[], history = newHistory()): string[] {
  const rows = checkUpload(kind, { name: 'a.tsv', octets: toTsv([row]) }, sampleOrganisation, history)
  if ('code' in rows) return [`${rows.code}:${rows.column}`]
  return rows.flatMap(({ faults }) => faults.map(({ code, column }) => `${code}:${column}`))
}

let csr: string
beforeAll(async () => {
  csr = await makeCsr(www)
})

describe('the file', () => {
  const code = (result: ReturnType<typeof checkUpload>) => ('code' in result ? result.code : 'taken')

  it('is refused with 208 when there is none', () => {
    expect(code(checkUpload('server-issue', undefined, sampleOrganisation, newHistory()))).toBe(208)
  })

  it.each([
    ['a.tsv', 'taken'],
    ['a.txt', 'taken'],
    ['A.TSV', 'taken'],
    ['a.csv', 209],
    ['tsv', 209],
  ])('named %s is %s', (name, expected) => {
    expect(code(checkFile(Buffer.from('x'), name))).toBe(expected)
  })

  it.each(['', '\r\n', ' \n\n'])('without content (%j) is refused with 213', (text) => {
    expect(code(checkFile(Buffer.from(text)))).toBe(213)
  })

  it.each([
    [99, 'taken'],
    [100, 214],
  ])('of %i rows is %s', (count, expected) => {
    expect(code(checkFile(Buffer.from('x\n'.repeat(count))))).toBe(expected)
  })

  it('of an organisation that is not active is refused with 215', () => {
    expect(
      code(checkFile(Buffer.from('x'), 'a.tsv', 'server-issue', { ...sampleOrganisation, isActive: false })),
    ).toBe(215)
  })

  it.each(['\r\n', '\n', ''])('may end its last line with %j', async (end) => {
    const row = await serverIssue(www)
    const octets = Buffer.concat([toTsv([row]).subarray(0, -2), Buffer.from(end)])
    expect(checkFile(octets)).toMatchObject([{ seq: 1, faults: [] }])
  })
})

describe('a row of a server certificate', () => {
  const names = (count: number) =>
    Array.from({ length: count }, (_, index) => `dNSName=h${index}.example.ac.jp`).join(',')
  /** A column of that length with one name in it. */
  const list = (length: number) => {
    const labels = ['a'.repeat(60), 'b'.repeat(60), 'c'.repeat(40), 'd'.repeat(length - 185)]
    return `dNSName=${labels.join('.')}.example.ac.jp`
  }

  it.each<[string, RowChanges, string[]]>([
    ['is accepted as registered', {}, []],
    ['is accepted with eight names, the CN included', { 13: names(7) }, []],
    ['is refused with nine names', { 13: names(8) }, ['916:13']],
    ['is accepted with a CN in capitals', { 1: dn('WWW.example.ac.jp'), 7: 'CAPITALS' }, []],
    ['needs a DN', { 1: '' }, ['201:1']],
    ['needs a profile', { 2: '' }, ['201:2']],
    ['needs a CSR', { 7: '' }, ['201:7']],
    ['needs an address', { 10: '' }, ['201:10']],
    ['needs the FQDN', { 11: '' }, ['201:11']],
    ['needs the software', { 12: '' }, ['201:12']],
    ['needs no name and department', { 8: '', 9: '' }, []],
    ['leaves reserved columns empty', { 3: '1', 5: '0' }, ['906:3', '906:5']],
    ['takes a name of 64 characters', { 8: '国'.repeat(64) }, []],
    ['refuses a name of 65 characters', { 8: '国'.repeat(65) }, ['202:8']],
    ['takes software of 128 characters', { 12: 'x'.repeat(128) }, []],
    ['refuses software of 129 characters', { 12: 'x'.repeat(129) }, ['202:12']],
    ['refuses an address of 79 characters', { 10: `${'a'.repeat(64)}@example.ac.jpx` }, ['202:10']],
    ['refuses an address without @', { 10: 'taro' }, ['206:10']],
    ['refuses a profile that is no number', { 2: 'x' }, ['204:2']],
    ['refuses a profile for persons', { 2: '13' }, ['908:2', '911:7']],
    ['refuses IBM extension characters', { 8: '髙橋' }, ['907:8']],
    ['refuses NEC special characters', { 12: '①' }, ['907:12']],
    ['refuses half-width kana', { 12: 'ｱ' }, ['907:12']],
    ['takes characters whose second octet is a backslash', { 8: '表 ソ 能' }, []],
    ['refuses full-width characters in an address', { 10: 'ｔaro@example.ac.jp' }, ['907:10']],
    ['refuses a quoted cell', { 11: `"${www}"` }, ['928:11']],
    ['refuses a quoted name', { 8: '"国立 太郎"' }, ['928:8']],
    ['takes quotation marks inside a name', { 8: '"国立" 太郎' }, []],
    ['refuses an address with two dots', { 10: 'ta..ro@example.ac.jp' }, ['206:10']],
    ['takes an address with one dot', { 10: 'ta.ro@example.ac.jp' }, []],
    ['refuses an address with two @', { 10: 'taro@b@example.ac.jp' }, ['206:10']],
    ['takes a label of 63 characters', { 13: `dNSName=${'a'.repeat(63)}.example.ac.jp` }, []],
    ['refuses a label of 64 characters', { 13: `dNSName=${'a'.repeat(64)}.example.ac.jp` }, ['914:13']],
    ['refuses another country', { 1: dn(www).replace('C=JP', 'C=US') }, ['206:1']],
    ['refuses a blank after a comma', { 1: dn(www).replaceAll(',', ', ') }, ['206:1']],
    ['refuses C first', { 1: dn(www).split(',').toReversed().join(',') }, ['206:1']],
    ['refuses a DN without ST', { 1: dn(www).replace(',ST=Tokyo', '') }, ['206:1']],
    ['refuses attribute names in small letters', { 1: dn(www).replace('CN=', 'cn=') }, ['206:1']],
    ['refuses OU', { 1: dn(www).replace(',O=', ',OU=Library,O=') }, ['371:1']],
    ['refuses another O', { 1: dn(www).replace('Example University', 'Other University') }, ['904:1']],
    ['refuses another L', { 1: dn(www).replace('Chiyoda-ku', 'Default City') }, ['902:1']],
    ['refuses another ST', { 1: dn(www).replace('ST=Tokyo', 'ST=tokyo') }, ['903:1']],
    ['refuses a CSR with its PEM header', { 7: 'PEM' }, ['909:7']],
    ['refuses an FQDN that is not the CN', { 11: 'web.example.ac.jp' }, ['913:11']],
    ['refuses names outside the domains', { 13: 'dNSName=www.example.com' }, ['901:13']],
    ['refuses a domain that only ends alike', { 13: 'dNSName=www.notexample.ac.jp' }, ['901:13']],
    ['refuses a trailing comma', { 13: `dNSName=${www},` }, ['915:13']],
    ['refuses a blank in the list', { 13: `dNSName=${www}, dNSName=a.example.ac.jp` }, ['915:13']],
    ['refuses dnsname in small letters', { 13: `dnsname=${www}` }, ['915:13']],
    ['refuses a wildcard', { 13: 'dNSName=*.example.ac.jp' }, ['914:13']],
    ['refuses an IP address', { 13: 'dNSName=192.0.2.1' }, ['914:13']],
    ['takes a name twice', { 13: 'dNSName=a.example.ac.jp,dNSName=A.example.ac.jp' }, []],
    // 250 characters with `,dNSName=www.example.ac.jp` (26) that the system adds.
    ['takes a list of 224 characters', { 13: list(224) }, []],
    ['refuses a list of 225 characters without the FQDN', { 13: list(225) }, ['202:13']],
    ['refuses a list of 251 characters', { 13: 'x'.repeat(251) }, ['202:13']],
  ])('%s', async (_, changes, expected) => {
    const special: Record<string, string> = {
      CAPITALS: await makeCsr('WWW.example.ac.jp'),
      PEM: `-----BEGIN CERTIFICATE REQUEST-----${csr}`,
    }
    const request = changes[7] === undefined ? csr : (special[changes[7]] ?? changes[7])
    const isForDn = changes[1] !== undefined && changes[7] === undefined
    const found = faultsOf('server-issue', await serverIssue(www, { ...changes, 7: request }))
    // A changed DN no longer is the CSR's: that finding has its own test.
    expect(isForDn ? found.filter((fault) => !fault.startsWith('91')) : found).toEqual(expected)
  })

  it('needs thirteen columns', async () => {
    const row = await serverIssue(www)
    expect(faultsOf('server-issue', row.slice(0, 12))).toEqual(['905:1'])
    expect(faultsOf('server-issue', [...row, ''])).toEqual(['905:1'])
  })

  it('words a fault as the answer page does', async () => {
    const [row] = checkFile(toTsv([await serverIssue(www, { 10: '' })])) as CheckedRow[]
    expect(row?.faults.map(faultText)).toEqual([
      '201:10,利用管理者E-mail,利用管理者E-mailは入力必須項目です。',
    ])
  })
})

describe('the CSR of a server certificate', () => {
  it.each([
    ['3', 'rsa2048', []],
    ['3', 'rsa3072', ['911:7']],
    ['3', 'p384', ['911:7']],
    ['11', 'p384', []],
    ['11', 'p256', ['911:7']],
    ['11', 'rsa2048', ['911:7']],
  ] as const)('for profile %s with an %s key gives %j', async (profileId, key, expected) => {
    const row = await serverIssue(www, { 2: profileId, 7: await makeCsr(www, { key }) })
    expect(faultsOf('server-issue', row)).toEqual(expected)
  })

  it.each([
    ['C first', `C=JP, ST=Tokyo, L=Chiyoda-ku, O=Example University, CN=${www}`, []],
    ['CN first', `CN=${www}, O=Example University, L=Chiyoda-ku, ST=Tokyo, C=JP`, []],
    ['another order', `C=JP, L=Chiyoda-ku, ST=Tokyo, O=Example University, CN=${www}`, ['912:7']],
    ['another value', `C=JP, ST=Tokyo, L=Chiyoda-ku, O=Example university, CN=${www}`, ['912:7']],
    ['an attribute more', `C=JP, ST=Tokyo, L=Chiyoda-ku, O=Example University, OU=X, CN=${www}`, ['912:7']],
    ['an attribute less', `C=JP, ST=Tokyo, O=Example University, CN=${www}`, ['912:7']],
  ])('with %s in its subject gives %j', async (_, name, expected) => {
    const row = await serverIssue(www, { 7: await makeCsr(www, { name }) })
    expect(faultsOf('server-issue', row)).toEqual(expected)
  })

  it.each([
    ['1.2.840.113549.1.9.7', ['929:7']],
    ['1.2.840.113549.1.9.2', ['929:7']],
    ['1.2.840.113549.1.9.20', []],
  ])('with the attribute %s gives %j', async (attribute, expected) => {
    const row = await serverIssue(www, { 7: await makeCsr(www, { attribute }) })
    expect(faultsOf('server-issue', row)).toEqual(expected)
  })

  it('is refused when its signature is broken', async () => {
    const octets = Buffer.from(csr, 'base64')
    octets[octets.length - 1] = (octets.at(-1) ?? 0) ^ 1
    const row = await serverIssue(www, { 7: octets.toString('base64') })
    expect(faultsOf('server-issue', row)).toEqual(['910:7'])
  })

  it.each([
    ['octets behind it', () => Buffer.concat([Buffer.from(csr, 'base64'), Buffer.of(0)]).toString('base64')],
    ['half of it', () => csr.slice(0, 400)],
    ['something else', () => Buffer.from('hello, world').toString('base64')],
    ['Base64 with a blank', () => `${csr.slice(0, 64)} ${csr.slice(64)}`],
    ['base64url', () => '-_-_'],
  ])('is refused for %s', async (_, make) => {
    expect(faultsOf('server-issue', await serverIssue(www, { 7: make() }))).toEqual(['909:7'])
  })

  it('is refused above 2048 characters', async () => {
    expect(faultsOf('server-issue', await serverIssue(www, { 7: 'A'.repeat(2049) }))).toEqual(['202:7'])
  })
})

describe('records of the organisation', () => {
  const serial = '62619332934935910747746520067307416637'

  /** A registry in which the row has been accepted and, where it asks for one, a certificate issued. */
  function registryWith(kind: Kind, row: readonly string[]): Registry {
    const registry = new Registry()
    const applicationId = registry.nextApplicationId(0)
    const rows = [{ applicationId, seq: 1, fields: row }]
    registry.apply({ type: 'uploaded', at: 0, uploadId: '1', organisationId: 'example', kind, rows })
    registry.apply({
      type: 'issued',
      at: 0,
      applicationId,
      serial,
      certificate: '',
      notBefore: 0,
      notAfter: 0,
    })
    return registry
  }

  it('make a CN once applied for a case of renewal: 212', async () => {
    const history = registryWith('server-issue', await serverIssue(www)).historyOf('example')
    const capitals = await serverIssue('WWW.Example.ac.jp')
    expect(faultsOf('server-issue', await serverIssue(www), history)).toEqual(['212:1'])
    expect(faultsOf('server-issue', capitals, history)).toEqual(['212:1'])
  })

  it('do not hinder another organisation', async () => {
    const history = registryWith('server-issue', await serverIssue(www)).historyOf('other')
    expect(faultsOf('server-issue', await serverIssue(www), history)).toEqual([])
  })

  it('count rows of the same file: the second of one CN gets 212', async () => {
    const row = await serverIssue(www)
    const rows = checkFile(toTsv([row, row]))
    expect(rows).toMatchObject([{ faults: [] }, { faults: [{ code: 212, column: 1 }] }])
  })

  it.each([
    ['decimal', serial, []],
    ['hexadecimal', `0x${BigInt(serial).toString(16).toUpperCase()}`, []],
    ['hexadecimal without 0x', `${BigInt(serial).toString(16)}f`, ['918:4']],
    ['as a spreadsheet ruins it', '1.23457E+38', ['918:4']],
    ['unknown', '5', ['919:4']],
    ['missing', '', ['201:4']],
    ['of 51 digits', '1'.repeat(51), ['202:4']],
  ])('let a renewal name its serial %s: %j', async (_, given, expected) => {
    const history = registryWith('server-issue', await serverIssue(www)).historyOf('example')
    expect(faultsOf('server-renew', await serverIssue(www, { 4: given }), history)).toEqual(expected)
  })

  it('refuse a renewal whose serial belongs to another CN', async () => {
    const history = registryWith('server-issue', await serverIssue('web.example.ac.jp')).historyOf('example')
    expect(faultsOf('server-renew', await serverIssue(www, { 4: serial }), history)).toEqual(['919:4'])
  })

  it.each([
    ['0', []],
    ['1', []],
    ['2', ['921:5']],
    ['3', []],
    ['4', []],
    ['5', []],
    ['6', ['921:5']],
    ['x', ['204:5']],
  ])('take a revocation for reason %s: %j', async (reason, expected) => {
    const history = registryWith('server-issue', await serverIssue(www)).historyOf('example')
    expect(faultsOf('server-revoke', serverRevoke(www, serial, { 5: reason }), history)).toEqual(expected)
  })

  it('refuse a second revocation, and a comment with unusable characters', async () => {
    const registry = registryWith('server-issue', await serverIssue(www))
    const history = registry.historyOf('example')
    expect(faultsOf('server-revoke', serverRevoke(www, serial, { 6: '髙' }), history)).toEqual(['205:6'])
    const rows = [{ applicationId: '0000000002', seq: 1, fields: serverRevoke(www, serial) }]
    registry.apply({
      type: 'uploaded',
      at: 0,
      uploadId: '2',
      organisationId: 'example',
      kind: 'server-revoke',
      rows,
    })
    expect(faultsOf('server-revoke', serverRevoke(www, serial), history)).toEqual(['920:4'])
  })

  it('know a person by the whole DN, and a P12 file by its name', () => {
    const history = registryWith('client-issue', clientIssue()).historyOf('example')
    expect(faultsOf('client-issue', clientIssue({ 12: 'other' }), history)).toEqual(['212:1'])
    const other = clientIssue().map((field) => field.replace('u0012345.1', 'u0012346.1'))
    expect(faultsOf('client-issue', other, history)).toEqual(['923:12'])
  })
})

describe('a row for a person', () => {
  it.each<[string, Kind, string[], string[]]>([
    ['client, one by one', 'client-issue', clientIssue(), []],
    ['client, batch with its own PIN', 'client-issue', clientIssue({ 3: '2', 15: 'Kp7xR2mW9qLs' }), []],
    ['client, one by one with a PIN', 'client-issue', clientIssue({ 15: 'Kp7xR2mW9qLs' }), ['925:15']],
    ['client, browser without file name', 'client-issue', clientIssue({ 3: '3', 12: '' }), []],
    ['client without file name', 'client-issue', clientIssue({ 12: '' }), ['201:12']],
    ['client, unknown download', 'client-issue', clientIssue({ 3: '4' }), ['922:3']],
    ['client with a folder in its file name', 'client-issue', clientIssue({ 12: 'a/b' }), ['930:12']],
    ['client with a file name of dots', 'client-issue', clientIssue({ 12: '..' }), ['930:12']],
    ['client with a dot in its file name', 'client-issue', clientIssue({ 12: 'a.b' }), []],
    ['client with a server profile', 'client-issue', clientIssue({ 2: '3' }), ['908:2']],
    ['client without user name', 'client-issue', clientIssue({ 11: '' }), ['201:11']],
    [
      'client without ST',
      'client-issue',
      clientIssue({ 1: 'CN=u1,O=Example University,L=Chiyoda-ku,C=JP' }),
      [],
    ],
    ['client with fourteen columns', 'client-issue', clientIssue().slice(0, 14), ['905:1']],
    ['S/MIME, long DN', 'smime-issue', smimeIssue(), []],
    ['S/MIME, CN alone', 'smime-issue', smimeIssue({ 1: 'CN=hanako@example.ac.jp' }), []],
    ['S/MIME for another address', 'smime-issue', smimeIssue({ 14: 'jiro@example.ac.jp' }), ['924:14']],
  ])('%s', (_, kind, row, expected) => {
    expect(faultsOf(kind, row)).toEqual(expected)
  })
})

describe('a row for an ACME account', () => {
  const twice = `dNSName=${www},dNSName=${www}`
  const suspend = ['', '', 'unknown', '', '5', '', '', '', '', '', '', '', '']

  it.each<[string, Kind, string[], string[]]>([
    ['is accepted', 'acme-create', acmeCreate(www), []],
    ['never holds a CSR', 'acme-create', acmeCreate(www, { 7: 'AAAA' }), ['906:7']],
    ['refuses a name twice', 'acme-create', acmeCreate(www, { 13: twice }), ['917:13']],
    [
      'refuses a blank after a comma',
      'acme-create',
      acmeCreate(www, { 1: dn(www).replace(',C=', ', C=') }),
      ['206:1'],
    ],
    ['needs the account to renew', 'acme-renew', acmeCreate(www), ['201:3']],
    ['refuses an unknown account', 'acme-renew', acmeCreate(www, { 3: 'unknown' }), ['926:3']],
    ['refuses to stop an unknown account', 'acme-suspend', suspend, ['926:3']],
    ['refuses to stop without a reason', 'acme-suspend', change(suspend, { 5: '' }), ['201:5']],
  ])('%s', (_, kind, row, expected) => {
    expect(faultsOf(kind, row)).toEqual(expected)
  })
})
