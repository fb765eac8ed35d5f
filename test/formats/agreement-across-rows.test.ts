/**
 * Checker and simulator on what a row alone cannot show: rows before it in the file, and what was issued before.
 *
 * The check is stricter in one thing on purpose: the second of two renewals in a file would replace what the first has
 * replaced already. Whether the service sees that is not known, so the simulator takes it.
 */
import iconv from 'iconv-lite'
import { beforeAll, expect, it } from 'vitest'
import type { Application, ApplicationFields, ApplicationKind } from '@upki-gateway/shared/application'
import { checkApplications } from '@upki-gateway/shared/check'
import type { CheckContext } from '@upki-gateway/shared/check'
import { makeCsr, organisation, sampleOf, sampleSubjectFor } from '@upki-gateway/shared/testing'
import { kindTables } from '@upki-gateway/shared/tsv'
import { checkUpload } from '../../packages/simulator/src/checks/upload.js'
import { sampleOrganisation } from '../../packages/simulator/src/organisations/organisation.js'

type Kind = Exclude<ApplicationKind, 'subscriber-update'>
const serial = '62619332934935910747746520067307416637'
const dn = (cn: string) => `CN=${cn},O=Example University,L=Chiyoda-ku,ST=Tokyo,C=JP`

/** The sample with another subject, and all that has to go with it. */
const other: Partial<Record<Kind, ApplicationFields>> = {
  'client-issue': { subjectDn: dn('u2'), p12FileName: 'cli-2' },
  'client-renew': { subjectDn: dn('u2'), p12FileName: 'cli-2' },
  'smime-issue': {
    subjectDn: dn('jiro@example.ac.jp'),
    userEmail: 'jiro@example.ac.jp',
    p12FileName: 'cli-2',
  },
  'acme-create': { subjectDn: dn('web.example.ac.jp'), fqdn: 'web.example.ac.jp', dnsNames: '' },
}

const csrs: string[] = []
beforeAll(async () => {
  for (const cn of ['www', 'www', 'web'])
    csrs.push(await makeCsr({ subject: sampleSubjectFor(`${cn}.example.ac.jp`) }))
})

interface Records {
  /** Subject DNs that already have a certificate. */
  issued?: readonly string[]
  /** Subject DN of the certificate with `serial`. */
  target?: string
}

const bytesOf = (rows: readonly Application[]): Buffer =>
  iconv.encode(
    rows
      .map(({ kind, fields }) =>
        kindTables[kind].columns.map(({ field }) => (field && fields[field]) ?? '').join('\t'),
      )
      .join('\r\n'),
    'cp932',
  )

const commonNameOf = (subjectDn: string) => /^CN=([^,]+)/.exec(subjectDn)?.[1] ?? ''

function rowsRefusedBySimulator(rows: readonly Application[], { issued = [], target }: Records): number[] {
  const kind = rows[0]!.kind as Kind
  const category = kind.startsWith('acme') ? 'server' : (kind.slice(0, kind.indexOf('-')) as 'server')
  const claims = new Set(
    issued.flatMap((subjectDn) => [`server ${commonNameOf(subjectDn)}`, `person ${subjectDn}`]),
  )
  const checked = checkUpload(kind, { name: 'a.tsv', octets: bytesOf(rows) }, sampleOrganisation, {
    isClaimed: (claim) => claims.has(claim),
    certificate: (wanted) =>
      wanted === serial && target !== undefined ? { category, subjectDn: target } : undefined,
  })
  if ('code' in checked) throw new Error(`the whole file was refused: ${checked.code}`)
  return checked.filter(({ faults }) => faults.length > 0).map(({ seq }) => seq)
}

/** Warnings because our records may be old; here both sides know all there is. */
const offRecord = new Set(['serialUnknown', 'dnUnknown', 'commonNameNew'])

function rowsRefusedByCheck(rows: readonly Application[], { issued = [], target }: Records): number[] {
  const newest = (isIt: (subjectDn: string) => boolean) => (issued.some(isIt) ? { serial } : undefined)
  const context: CheckContext = {
    organisation,
    history: (cn) => newest((subjectDn) => commonNameOf(subjectDn) === cn),
    historyOfDn: (subjectDn) => newest((one) => one === subjectDn),
    issuedDn: (wanted) => (wanted === serial ? target : undefined),
  }
  const findings = checkApplications(rows, context)
  const refused = findings.filter(({ code, grade }) => grade === 'error' || offRecord.has(code))
  return [...new Set(refused.map(({ row }) => row))]
}

const withCsr = (kind: Kind, csr: number) => (/^server-(issue|renew)$/.test(kind) ? { csr: csrs[csr]! } : {})
const first = (kind: Kind) => sampleOf(kind, withCsr(kind, 0))
const again = (kind: Kind) => sampleOf(kind, withCsr(kind, 1))
const second = (kind: Kind) =>
  /^server/.test(kind)
    ? sampleOf(kind, {
        ...withCsr(kind, 2),
        subjectDn: dn('web.example.ac.jp'),
        fqdn: 'web.example.ac.jp',
        dnsNames: '',
      })
    : sampleOf(kind, other[kind])

const issues: Kind[] = ['server-issue', 'client-issue', 'smime-issue', 'acme-create']

it.each(issues)(
  '%s: both refuse the second of two rows with one subject, and neither two subjects',
  async (kind) => {
    for (const [rows, refused] of [
      [[await first(kind), await again(kind)], [2]],
      [[await first(kind), await second(kind)], []],
    ] as const) {
      expect(rowsRefusedByCheck(rows, {}), 'checker').toEqual(refused)
      expect(rowsRefusedBySimulator(rows, {}), 'simulator').toEqual(refused)
    }
  },
)

it('both refuse a P12 file name twice, also with another subject', async () => {
  for (const kind of ['client-issue', 'smime-issue'] as const) {
    const { fields } = await second(kind)
    const rows = [
      await first(kind),
      { kind, fields: { ...fields, p12FileName: (await first(kind)).fields.p12FileName! } },
    ]
    expect([rowsRefusedByCheck(rows, {}), rowsRefusedBySimulator(rows, {})]).toEqual([[2], [2]])
  }
})

it.each(['server-issue', 'client-issue', 'smime-issue'] as const)(
  '%s: both refuse a subject that has a certificate, error 212',
  async (kind) => {
    const row = await first(kind)
    const records = { issued: [row.fields.subjectDn!] }
    expect([rowsRefusedByCheck([row], records), rowsRefusedBySimulator([row], records)]).toEqual([[1], [1]])
  },
)

const acting: Kind[] = [
  'server-renew',
  'server-revoke',
  'client-renew',
  'client-revoke',
  'smime-renew',
  'smime-revoke',
  'acme-revoke',
]
it.each(acting)('%s: both want a serial on record, with this subject', async (kind) => {
  const row = await first(kind)
  const subjectDn = row.fields.subjectDn!
  for (const [records, refused] of [
    [{ issued: [subjectDn], target: subjectDn }, []],
    [{ issued: [subjectDn] }, [1]],
    [{ issued: [subjectDn], target: dn('someone-else.example.ac.jp') }, [1]],
  ] as const) {
    expect(rowsRefusedByCheck([row], records), 'checker').toEqual(refused)
    expect(rowsRefusedBySimulator([row], records), 'simulator').toEqual(refused)
  }
})

it.each(['server-revoke', 'client-revoke', 'smime-revoke', 'acme-revoke'] as const)(
  '%s: both refuse to revoke one certificate twice in a file',
  async (kind) => {
    const row = await first(kind)
    const records = { issued: [row.fields.subjectDn!], target: row.fields.subjectDn! }
    const rows = [row, row]
    expect([rowsRefusedByCheck(rows, records), rowsRefusedBySimulator(rows, records)]).toEqual([[2], [2]])
  },
)

it('the check alone refuses two renewals of one certificate in a file', async () => {
  const renewal = await first('server-renew')
  const rows = [renewal, await again('server-renew')]
  const records = { issued: [renewal.fields.subjectDn!], target: renewal.fields.subjectDn! }
  expect([rowsRefusedByCheck(rows, records), rowsRefusedBySimulator(rows, records)]).toEqual([[2], []])
})
