import fc from 'fast-check'
import iconv from 'iconv-lite'
import { describe, expect, it } from 'vitest'
import { parseReport, readReport, ReportError, type ReportKeys, type ReportRow } from './index.js'

const pem = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'

const headings = Array.from({ length: 46 }, (_, index) => `項目${index + 1}`)
headings[0] = '発行・更新申請-申請ID'
headings[3] = '主体者DN'
headings[11] = '状態'
headings[22] = '証明書(PEM形式)'
headings[23] = '発行・更新申請-シリアル番号'

/** A row whose cells say their number, but for those given (from 1). */
const rowWith = (cells: Record<number, string>): string[] =>
  Array.from({ length: 46 }, (_, index) => cells[index + 1] ?? `c${index + 1}`)

const sjis = (rows: readonly string[][]): Buffer =>
  iconv.encode(rows.map((cells) => `${cells.join('\t')}\r\n`).join(''), 'cp932')

describe('parseReport', () => {
  it('reads the columns by number where their heading is not known', () => {
    const [row] = parseReport(sjis([headings, rowWith({ 12: '5', 13: '髙橋', 18: 'CSR=', 23: '' })]))
    expect(row).toEqual({
      applicationId: 'c1',
      subjectDn: 'c4',
      submittedAt: 'c6',
      completedAt: 'c7',
      profileId: 'c11',
      status: 'issued',
      statusCode: '5',
      subscriberName: '髙橋',
      subscriberDepartment: 'c14',
      subscriberEmail: 'c15',
      fqdn: 'c16',
      software: 'c17',
      csr: 'CSR=',
      dnsNames: 'c19',
      errorCode: 'c22',
      certificatePem: '',
      serial: 'c24',
      notBefore: 'c26',
      notAfter: 'c27',
      revokedAt: 'c35',
      revocationReason: 'c37',
      oldSerial: 'c43',
      downloadType: 'c45',
    })
  })

  it('follows a known heading to another place', () => {
    const swap = <T>(cells: T[]): T[] => cells.with(3, cells[24]!).with(24, cells[3]!)
    const rows = [swap(headings), swap(rowWith({ 4: 'CN=moved' }))]
    expect(parseReport(sjis(rows))[0]?.subjectDn).toBe('CN=moved')
  })

  it.each([
    ['4', 'waiting-for-download'],
    ['5', 'issued'],
    ['6', 'replaced'],
    ['7', 'revoked'],
    ['3', 'unknown'],
    ['', 'unknown'],
  ])('reads status %s as %s', (code, status) => {
    expect(parseReport(sjis([headings, rowWith({ 12: code })]))[0]).toMatchObject({
      status,
      statusCode: code,
    })
  })

  it.each([
    ['one line', '-----BEGIN CERTIFICATE-----AAAA-----END CERTIFICATE-----'],
    ['one line with blanks', '-----BEGIN CERTIFICATE----- AAAA -----END CERTIFICATE-----'],
    ['several lines', '-----BEGIN CERTIFICATE-----\r\nAAAA\r\n-----END CERTIFICATE-----'],
    [
      'several lines in quotation marks',
      '"-----BEGIN CERTIFICATE-----\nAA\nAA\n-----END CERTIFICATE-----\n"',
    ],
    ['bare Base64', 'AAAA'],
  ])('reads a certificate on %s', (_, cell) => {
    const rows = parseReport(sjis([headings, rowWith({ 23: cell }), rowWith({ 1: 'next' })]))
    expect(rows.map(({ applicationId }) => applicationId)).toEqual(['c1', 'next'])
    expect(rows[0]?.certificatePem).toBe(pem)
  })

  it('reads only the rows that are wanted, told from others by status, CSR, serials and DN', () => {
    const rows = [headings, rowWith({ 12: '5', 24: '1' }), rowWith({ 12: '7', 24: '2', 18: 'A B' })]
    const seen: ReportKeys[] = []
    const read = parseReport(sjis(rows), (keys) => {
      const { status, csr, csrEnd, serial, oldSerial, subjectDn } = keys
      seen.push({ status, csr, csrEnd, serial, oldSerial, subjectDn })
      return keys.serial === '2'
    })
    expect(read.map(({ serial }) => serial)).toEqual(['2'])
    expect(seen).toEqual([
      { status: 'issued', csr: 'c18', csrEnd: '', serial: '1', oldSerial: 'c43', subjectDn: 'c4' },
      { status: 'revoked', csr: 'AB', csrEnd: '', serial: '2', oldSerial: 'c43', subjectDn: 'c4' },
    ])
  })

  it.each([1, 2, 7, 64, 100_000])('read as it comes, in pieces of %i bytes, is the same', async (size) => {
    const cell = '-----BEGIN CERTIFICATE-----\r\nAAAA\r\n-----END CERTIFICATE-----'
    const rows = [1, 2, 3].map((serial) => rowWith({ 12: '5', 13: '髙橋', 23: cell, 24: String(serial) }))
    const bytes = sjis([headings, ...rows])
    async function* pieces() {
      await Promise.resolve()
      for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size)
    }
    const isWanted = ({ serial }: ReportKeys) => serial !== '2'
    const read: ReportRow[] = []
    for await (const row of readReport(pieces(), isWanted)) read.push(row)
    expect(read).toEqual(parseReport(bytes, isWanted))
    expect(read).toHaveLength(2)
  })

  it('gives no rows for a heading alone', () => {
    expect(parseReport(sjis([headings]))).toEqual([])
  })

  it.each([
    ['an empty file', Buffer.alloc(0)],
    ['45 columns', sjis([headings, headings.slice(1)])],
    ['47 columns', sjis([headings, [...headings, 'x']])],
    ['a file cut inside a row', sjis([headings, headings]).subarray(0, -40 * 8)],
  ])('refuses %s', (_, bytes) => {
    expect(() => parseReport(bytes)).toThrow(ReportError)
  })

  it('refuses what is not Shift_JIS', () => {
    expect(() => parseReport(Buffer.from([0x81, 0xff]))).toThrow(/Shift_JIS/)
    const withBadCell = Buffer.from(
      sjis([headings, rowWith({ 13: '@' })]).map((byte) => (byte === 0x40 ? 0xff : byte)),
    )
    expect(() => parseReport(withBadCell)).toThrow(/Shift_JIS/)
  })

  it('answers any bytes with rows or a typed error', () => {
    const anything = fc.oneof(fc.uint8Array(), fc.string({ unit: fc.constantFrom('\t', '\n', '"', 'a') }))
    fc.assert(
      fc.property(anything, (input) => {
        try {
          parseReport(typeof input === 'string' ? Buffer.from(input) : input)
        } catch (error) {
          expect((error as Error).name).toMatch(/^(Report|ShiftJis)Error$/)
        }
      }),
    )
  })
})
