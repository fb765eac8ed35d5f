import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { parseReport, type ReportRow } from '@upki-gateway/shared/report'
import { describe, expect, it } from 'vitest'
import type { InFlightRow } from '../store/applications.js'
import { makeReport } from '../testing/by-hand.js'
import { matchReport, reportOf } from './match-report.js'

const dn = 'CN=u1.1,O=Example University,L=Chiyoda-ku,ST=Tokyo,C=JP'
const csr = Buffer.from('a csr').toString('base64')
const hash = createHash('sha256').update('a csr').digest('hex')

const application = (change: Partial<InFlightRow>) =>
  ({ id: 'a', kind: 'server-issue', fields: {}, csr_sha256: null, ...change }) as InFlightRow
const reported = (change: Partial<ReportRow>) =>
  ({ csr: '', serial: '', oldSerial: '', subjectDn: '', status: 'issued', ...change }) as ReportRow

const toPem = (base64: string) =>
  `-----BEGIN CERTIFICATE REQUEST-----\n${base64}\n-----END CERTIFICATE REQUEST-----\n`
const report = (...rows: ReportRow[]): AsyncIterable<ReportRow> => Readable.from(rows)

describe('matchReport', () => {
  it.each([
    { name: 'a server certificate by its CSR', ours: { csr_sha256: hash }, theirs: { csr }, matches: true },
    { name: 'no other CSR', ours: { csr_sha256: hash }, theirs: { csr: 'AAAA' }, matches: false },
    {
      name: 'a revocation by the serial in hexadecimal',
      ours: { kind: 'server-revoke', fields: { serial: '0xFF' } },
      theirs: { serial: '255', status: 'revoked', csr },
      matches: true,
    },
    {
      name: 'no revocation before the certificate is revoked',
      ours: { kind: 'server-revoke', fields: { serial: '255' } },
      theirs: { serial: '255', csr },
      matches: false,
    },
    {
      name: 'a server certificate by its CSR also when it was revoked meanwhile',
      ours: { csr_sha256: hash },
      theirs: { csr, serial: '255', status: 'revoked' },
      matches: true,
    },
    {
      name: 'no person by the DN of a certificate that was revoked',
      ours: { kind: 'client-issue', fields: { subjectDn: dn } },
      theirs: { subjectDn: dn, status: 'revoked' },
      matches: false,
    },
    {
      name: 'a person by the DN',
      ours: { kind: 'client-issue', fields: { subjectDn: dn } },
      theirs: { subjectDn: dn },
      matches: true,
    },
    {
      name: "no person's renewal by the row of the certificate it replaces",
      ours: { kind: 'client-renew', fields: { subjectDn: dn, serial: '7' } },
      theirs: { subjectDn: dn, serial: '7' },
      matches: false,
    },
    {
      name: "a person's renewal by DN and the serial replaced",
      ours: { kind: 'client-renew', fields: { subjectDn: dn, serial: '7' } },
      theirs: { subjectDn: dn, serial: '8', oldSerial: '7' },
      matches: true,
    },
  ] as const)('finds $name', async ({ ours, theirs, matches }) => {
    const found = await matchReport(() => report(reported(theirs)), [application(ours)])
    expect(found.has('a')).toBe(matches)
  })

  it('takes the newest row', async () => {
    const found = await matchReport(
      () => report(reported({ csr, serial: '1' }), reported({ csr, serial: '2' })),
      [application({ csr_sha256: hash })],
    )
    expect(found.get('a')?.serial).toBe('2')
  })
})

describe('what matchReport wants of a report', () => {
  const der = Buffer.from('a CSR that is long enough to have an end of its own')
  const base64 = der.toString('base64')
  const row = { csr_sha256: createHash('sha256').update(der).digest('hex'), fields: { csr: base64 } }
  /** The report of the service with one row, read as the reader of reports does. */
  const wantedOf = (cells: Record<number, string>, ours: Partial<InFlightRow> = row) =>
    matchReport((isWanted) => Readable.from(parseReport(makeReport(cells), isWanted)), [application(ours)])

  it.each([
    { name: 'the CSR on one line', cell: base64, isFound: true },
    { name: 'the CSR without padding', cell: base64.replace(/=+$/, ''), isFound: true },
    { name: 'the CSR as PEM', cell: toPem(base64), isFound: true },
    { name: 'the CSR with a blank at its end', cell: `${base64} `, isFound: true },
    { name: 'the CSR with a blank inside its end', cell: base64.replace(/(.{9})$/, ' $1'), isFound: true },
    { name: 'another CSR with the same end', cell: `AAAA${base64}`, isFound: false },
    { name: 'the CSR of a certificate that was revoked', cell: base64, status: '7', isFound: true },
    { name: 'another CSR', cell: Buffer.alloc(40).toString('base64'), isFound: false },
  ])('is $name: $isFound', async ({ cell, status = '5', isFound }) => {
    expect((await wantedOf({ 12: status, 18: cell })).size).toBe(isFound ? 1 : 0)
  })

  it('is found by an application that holds its CSR as PEM', async () => {
    expect((await wantedOf({ 12: '5', 18: base64 }, { ...row, fields: { csr: toPem(base64) } })).size).toBe(1)
  })

  it('is a row with a CSR also for the revocation of its certificate', async () => {
    const ours = { kind: 'server-revoke', fields: { serial: '7' } } as const
    expect((await wantedOf({ 12: '7', 18: base64, 24: '7' }, ours)).size).toBe(1)
  })
})

describe('reportOf', () => {
  it.each([
    ['server-revoke', 'server'],
    ['client-issue', 'client'],
    ['smime-revoke', 'client'],
    ['acme-create', 'server'],
  ] as const)('%s is in the report %s', (kind, name) => {
    expect(reportOf({ kind })).toBe(name)
  })
})
