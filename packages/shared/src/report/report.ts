/**
 * Reader of the service's reports, serverAll.tsv and clientAll.tsv: CP932, a heading, 46 columns.
 *
 * Columns are found by their heading where it is known, else by their place. A certificate may stand on
 * one line or on several; a row goes on until it has all its columns. A file that ends inside a row was
 * cut while it came, and is refused whole: half a report must not look like a full one.
 *
 * The file may hold access PINs: treat it as a secret. Source: docs/upki-tsv.md, "Reports".
 */
import { decodeShiftJis } from '../tsv/index.js'
import { ReportError, RowReader } from './table.js'
import { toPem } from './pem.js'

/** `unknown` is every code that is neither of the four: in work, or failed when there is an error code. */
export type ReportStatus = 'waiting-for-download' | 'issued' | 'replaced' | 'revoked' | 'unknown'

/** One row; texts as they stand in the report, empty when the column is empty. */
export interface ReportRow {
  applicationId: string
  subjectDn: string
  profileId: string
  status: ReportStatus
  /** The service's own code, such as `5`. */
  statusCode: string
  subscriberName: string
  subscriberDepartment: string
  subscriberEmail: string
  fqdn: string
  software: string
  /** One line of Base64. */
  csr: string
  dnsNames: string
  /** Decimal. */
  serial: string
  /** PEM with lines of 64 characters, or empty. */
  certificatePem: string
  notBefore: string
  notAfter: string
  /** Decimal serial of the certificate that this one replaces. */
  oldSerial: string
  /** Column 22: what the authority's interface answered. */
  errorCode: string
  submittedAt: string
  completedAt: string
  revocationReason: string
  revokedAt: string
  /** Of certificates of persons: 1, 2 or 3. */
  downloadType: string
}

/** By which a row is told from others, before the rest of it is read. */
export interface ReportKeys extends Pick<ReportRow, 'status' | 'csr' | 'serial' | 'oldSerial' | 'subjectDn'> {
  /** Of the CSR, as `base64End` gives it: most rows are passed over by that alone. */
  csrEnd: string
}

/** Whether a row is to be read whole. */
export type IsWanted = (keys: ReportKeys) => boolean

interface ReportColumn {
  /** From 1. */
  number: number
  /** Headings under which the column is known; their order does not matter. */
  headings?: readonly string[]
}

const columns: Record<Exclude<keyof ReportRow, 'status'>, ReportColumn> = {
  applicationId: { number: 1, headings: ['発行・更新申請-申請ID'] },
  subjectDn: { number: 4, headings: ['主体者DN'] },
  submittedAt: { number: 6, headings: ['発行・更新申請-日時'] },
  completedAt: { number: 7 },
  profileId: { number: 11 },
  statusCode: { number: 12, headings: ['状態'] },
  subscriberName: { number: 13 },
  subscriberDepartment: { number: 14 },
  subscriberEmail: { number: 15 },
  fqdn: { number: 16 },
  software: { number: 17 },
  csr: { number: 18, headings: ['CSR'] },
  dnsNames: { number: 19, headings: ['dNSName'] },
  errorCode: { number: 22 },
  certificatePem: { number: 23, headings: ['証明書(PEM形式)', '証明書（PEM形式）', '証明書'] },
  serial: { number: 24, headings: ['発行・更新申請-シリアル番号'] },
  notBefore: { number: 26 },
  notAfter: { number: 27 },
  revokedAt: { number: 35 },
  revocationReason: { number: 37 },
  oldSerial: { number: 43 },
  downloadType: { number: 45 },
}

const statuses = new Map<string, ReportStatus>([
  ['4', 'waiting-for-download'],
  ['5', 'issued'],
  ['6', 'replaced'],
  ['7', 'revoked'],
])

/** Makes rows of a report from its lines, once its heading is known. */
class ReportReader {
  readonly #rows = new RowReader()
  #places: Places | undefined

  constructor(private readonly isWanted: IsWanted) {}

  /**
   * @param line one character for each byte
   * @returns the row that this line completes, if it does and is wanted
   */
  add(line: string): ReportRow | undefined {
    const cells = this.#rows.add(this.#places ? line : decodeCell(line))
    if (!cells) return undefined
    if (this.#places) return this.#read(cells, this.#places)
    this.#places = placesIn(cells)
    return undefined
  }

  #read(cells: readonly string[], places: Places): ReportRow | undefined {
    return this.isWanted(new CellKeys(cells, places)) ? toReportRow(cells, places) : undefined
  }

  end(): void {
    this.#rows.end()
  }
}

/**
 * @param isWanted of a long report of which few rows matter, the others are not read
 * @throws {ReportError} when the bytes are no report; ShiftJisError when they are not even CP932.
 */
export function parseReport(bytes: Uint8Array, isWanted: IsWanted = () => true): ReportRow[] {
  const reader = new ReportReader(isWanted)
  const rows = toLatin1(bytes)
    .split('\n')
    .flatMap((line) => reader.add(withoutReturn(line)) ?? [])
  reader.end()
  return rows
}

/**
 * Reads a report as it comes, however long it is. That it was cut is known only at its end: what follows from a
 * row that is missing may be concluded only after the last.
 *
 * @param isWanted as of parseReport
 * @throws as parseReport
 */
export async function* readReport(
  chunks: AsyncIterable<Uint8Array>,
  isWanted: IsWanted = () => true,
): AsyncGenerator<ReportRow> {
  const reader = new ReportReader(isWanted)
  for await (const lines of linesOf(chunks))
    for (const line of lines) {
      const row = reader.add(withoutReturn(line))
      if (row) yield row
    }
  reader.end()
}

const lineFeed = 0x0a

/** Whole lines as they come, many at once. No byte of a two-byte character is a line feed, so they are cut before they are decoded. */
async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string[]> {
  let rest: Buffer = Buffer.alloc(0)
  for await (const chunk of chunks) {
    const bytes = Buffer.concat([rest, chunk])
    const end = bytes.lastIndexOf(lineFeed)
    if (end >= 0) yield toLatin1(bytes.subarray(0, end)).split('\n')
    rest = bytes.subarray(end + 1)
    if (rest.length > maxLineBytes) throw new ReportError(1, 'a line without end')
  }
  yield [toLatin1(rest)]
}

const withoutReturn = (line: string): string => (line.endsWith('\r') ? line.slice(0, -1) : line)

const toLatin1 = ({ buffer, byteOffset, byteLength }: Uint8Array): string =>
  Buffer.from(buffer, byteOffset, byteLength).toString('latin1')

/**
 * A report is Base64 for the most part, and is read again and again: it is cut into cells byte by byte, and only cells
 * that are not ASCII go through the codec. No byte of a two-byte character is a tab, a quotation mark or a line end.
 */
const decodeCell = (cell: string): string =>
  /[\x80-\xff]/.test(cell) ? decodeShiftJis(Buffer.from(cell, 'latin1')) : cell

/** Far beyond any row. */
const maxLineBytes = 2_000_000

/** Index of the column: by heading when exactly one of them matches, else by number. */
function placeOf({ number, headings = [] }: ReportColumn, heading: readonly string[]): number {
  const found = heading.flatMap((name, index) => (headings.includes(name) ? [index] : []))
  return found.length === 1 ? (found[0] ?? number - 1) : number - 1
}

/** Of one line of Base64 nothing has to be decoded or taken out. */
const oneLine = (cell: string): string =>
  /^[A-Za-z0-9+/=]*$/.test(cell) ? cell : decodeCell(cell).replace(/-----(BEGIN|END)[^-]*-----|\s+/g, '')

/**
 * The last 40 characters of Base64 that stands on one line, without its padding; two that differ are of different octets.
 * Empty where there are not so many, or where something else follows.
 */
export function base64End(text: string): string {
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0
  const end = text.slice(Math.max(0, text.length - padding - 40), text.length - padding)
  return /^[A-Za-z0-9+/]{40}$/.test(end) ? end : ''
}

type ColumnName = keyof typeof columns
type Places = Record<ColumnName, number>

const placesIn = (heading: readonly string[]): Places =>
  Object.fromEntries(
    Object.entries(columns).map(([name, column]) => [name, placeOf(column, heading)]),
  ) as Places

const statusOf = (code: string): ReportStatus => statuses.get(code) ?? 'unknown'

/** What is not asked for is not read: a report is long, and of most rows one cell says enough. */
class CellKeys implements ReportKeys {
  readonly #cells: readonly string[]
  readonly #places: Places

  constructor(cells: readonly string[], places: Places) {
    this.#cells = cells
    this.#places = places
  }

  #raw(name: ColumnName): string {
    return this.#cells[this.#places[name]] ?? ''
  }

  get status(): ReportStatus {
    return statusOf(decodeCell(this.#raw('statusCode')))
  }
  get csr(): string {
    return oneLine(this.#raw('csr'))
  }
  get csrEnd(): string {
    return base64End(this.#raw('csr')) || base64End(this.csr)
  }
  get serial(): string {
    return decodeCell(this.#raw('serial'))
  }
  get oldSerial(): string {
    return decodeCell(this.#raw('oldSerial'))
  }
  get subjectDn(): string {
    return decodeCell(this.#raw('subjectDn'))
  }
}

function toReportRow(cells: readonly string[], places: Places): ReportRow {
  const row: Record<string, string> = {}
  for (const [name, place] of Object.entries(places)) row[name] = decodeCell(cells[place] ?? '')
  row.status = statusOf(row.statusCode ?? '')
  row.csr = oneLine(cells[places.csr] ?? '')
  const certificate = row.certificatePem ?? ''
  // Most rows are known from the last reading: their certificates are written out only for whoever looks.
  let pem: string | undefined
  Object.defineProperty(row, 'certificatePem', {
    enumerable: true,
    get: () => (pem ??= toPem(certificate)),
  })
  return row as unknown as ReportRow
}
