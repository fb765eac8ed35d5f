/**
 * TSV codec for applications.
 *
 * One row is one application. Columns are positional and the format has no escaping, so a value holding a
 * tab or a line break is refused, never repaired. Same input, same bytes. Whether the values are acceptable
 * is judged in `check/`; the encoder only refuses what would make a broken file.
 *
 * Pure: bytes in, applications out. Source: docs/upki-tsv.md, "Rules common to every kind".
 */
import type { Application, ApplicationFields, FieldName } from '../application/application.js'
import type { ApplicationKind } from '../application/kind.js'
import { takesField } from './kind-table.js'
import type { KindTable } from './kind-table.js'
import { kindTables } from './kind-tables.js'
import { ShiftJisError, charactersOutsideJis, decodeShiftJis, encodeShiftJis } from './shift-jis.js'

/** More applications in one file are refused with error 214. */
export const rowsPerFile = 99

/** What makes a list of applications no file, or bytes no list of applications. */
export type TsvFault =
  | 'noRows'
  | 'tooManyRows'
  | 'mixedKinds'
  | 'fieldNotOfKind'
  | 'missingField'
  | 'unsafeValue'
  | 'character'
  | 'columnCount'
  | 'reservedColumn'

export class TsvError extends Error {
  override name = 'TsvError'
  constructor(
    readonly fault: TsvFault,
    detail: string,
    /** `row` counts from 1. */
    readonly place: { row?: number; field?: FieldName } = {},
  ) {
    super(place.row === undefined ? detail : `row ${place.row}: ${detail}`)
  }
}

/**
 * One file: 1 to 99 applications of one kind, Shift_JIS, CRLF after every row, no heading.
 *
 * @throws {TsvError} for whatever the checks should have caught.
 */
export function encodeTsv(applications: readonly Application[]): Uint8Array {
  const [first] = applications
  if (!first) throw new TsvError('noRows', 'a file holds at least one application')
  if (applications.length > rowsPerFile)
    throw new TsvError('tooManyRows', `a file holds at most ${rowsPerFile} applications`)
  const table = kindTables[first.kind]
  const rows = applications.map((application, index) => encodeRow(application, table, index + 1))
  return new Uint8Array(Buffer.concat(rows))
}

/** One line of a file. @throws {TsvError} as {@link encodeTsv} does, naming the row */
export function encodeRow({ kind, fields }: Application, table: KindTable, row: number): Buffer {
  if (kind !== table.kind) throw new TsvError('mixedKinds', `${kind} in a file of ${table.kind}`, { row })
  refuseForeignFields(fields, table, row)
  const cells = table.columns.map(({ field, use }) => {
    const value = (field && fields[field]) ?? ''
    if (field && use === 'required' && value === '')
      throw new TsvError('missingField', `${field} is empty`, { row, field })
    return value
  })
  return encodeLine(cells, table, row)
}

function refuseForeignFields(fields: ApplicationFields, table: KindTable, row: number): void {
  for (const name in fields) {
    const field = name as FieldName
    const value = fields[field] ?? ''
    if (value === '') continue
    if (!takesField(table, field))
      throw new TsvError('fieldNotOfKind', `${table.kind} has no ${field}`, { row, field })
    // eslint-disable-next-line no-control-regex -- control characters are what is looked for
    if (/[\x00-\x1f\x7f]|^".*"$/.test(value))
      throw new TsvError('unsafeValue', `${field} holds a control character or is quoted`, { row, field })
  }
}

function encodeLine(cells: readonly string[], { columns }: KindTable, row: number): Buffer {
  try {
    return encodeShiftJis(`${cells.join('\t')}\r\n`)
  } catch (error) {
    if (!(error instanceof ShiftJisError)) throw error
    const field = columns[cells.findIndex((cell) => charactersOutsideJis(cell).length > 0)]?.field
    throw new TsvError('character', error.message, { row, ...(field && { field }) })
  }
}

/**
 * The applications of a file, as many as it holds; CRLF or LF, with or without a last line end.
 *
 * Text comes out in the normal form of `toJisText`. Values are not checked.
 * @throws {TsvError} for bytes outside Shift_JIS, a wrong number of columns, a filled reserved column.
 */
export function decodeTsv(bytes: Uint8Array, kind: ApplicationKind): Application[] {
  const lines = decodeText(bytes).split(/\r?\n/)
  if (lines.at(-1) === '') lines.pop()
  return lines.map((line, index) => decodeRow(line, kindTables[kind], index + 1))
}

function decodeText(bytes: Uint8Array): string {
  try {
    return decodeShiftJis(bytes)
  } catch (error) {
    if (error instanceof ShiftJisError) throw new TsvError('character', error.message)
    throw error
  }
}

function decodeRow(line: string, table: KindTable, row: number): Application {
  const cells = line.split('\t')
  if (cells.length !== table.columns.length)
    throw new TsvError('columnCount', `${cells.length} columns, not ${table.columns.length}`, { row })
  const fields: ApplicationFields = {}
  for (const { number, field } of table.columns) {
    const value = cells[number - 1] ?? ''
    if (value === '') continue
    if (!field) throw new TsvError('reservedColumn', `column ${number} is reserved`, { row })
    fields[field] = value
  }
  return { kind: table.kind, fields }
}
