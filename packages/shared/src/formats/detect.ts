/** What an input is, seen from its first text; the caller's word goes before what is seen. */
import type { RequestedKind } from '../application/input.js'
import type { FormatName } from './format.js'
import { guessKindOfCells, guessKindOfFields } from './guess-kind.js'
import { checkHeading, readHeading } from './headings.js'
import type { HeadedColumn } from './headings.js'
import { InputFault } from './input-fault.js'
import { TableSplitter } from './split-table.js'
import { headedReader } from './to-input.js'

export interface Detected {
  format: FormatName
  /** Kind of rows that do not name one; absent where `server` is meant. */
  kind?: RequestedKind
  /** True when the kind was told from the rows. */
  isKindGuessed: boolean
  /** Of a table: between its cells. */
  delimiter: string
  /** Of a table with a heading. */
  columns?: readonly HeadedColumn[]
}

/** Rows that a guess looks at. */
const sampleSize = 99

/** @throws {InputFault} when nothing can be made of it */
export async function detect(
  head: string,
  given: { format?: FormatName; kind?: RequestedKind },
): Promise<Detected> {
  if (/^[\r\n]*$/.test(head)) throw new InputFault('inputEmpty')
  if (/^\s*-----BEGIN [A-Z0-9 ]+-----/.test(head)) throw new InputFault('inputPem')
  const format = given.format ?? seenFormat(head)
  const kind = given.kind && { kind: given.kind }
  if (format === 'json' || format === 'jsonl' || format === 'xml')
    return { format, ...kind, isKindGuessed: false, delimiter: '' }
  return detectTable(head, format, given.kind)
}

function seenFormat(head: string): FormatName {
  const first = head.trimStart()[0] ?? ''
  if (first === '[' || first === '{') return first === '[' ? 'json' : 'jsonl'
  if (first === '<') return 'xml'
  const [line = ''] = head.split('\n', 1)
  return line.includes('\t') ? 'tsv' : 'csv'
}

async function detectTable(
  head: string,
  format: FormatName,
  given: RequestedKind | undefined,
): Promise<Detected> {
  const [line = ''] = head.split('\n', 1)
  const delimiter = format === 'csv' ? delimiterOf(line) : '\t'
  const [first = [], ...rest] = await sampleRows(head, delimiter)
  const columns = format === 'upki-tsv' ? undefined : readHeading(first)
  if (columns) {
    checkHeading(first, columns)
    return { format, delimiter, columns, ...kindOfHeaded(columns, rest, given) }
  }
  const kind = given ?? guessKindOfCells([first, ...rest])
  if (!kind) throw new InputFault('kindNeeded')
  return { format: format === 'tsv' ? 'upki-tsv' : format, delimiter, kind, isKindGuessed: !given }
}

function delimiterOf(line: string): string {
  const counts = [',', ';', '\t'].map((delimiter) => ({ delimiter, count: line.split(delimiter).length }))
  return counts.sort((a, b) => b.count - a.count)[0]?.delimiter ?? ','
}

/** The first rows; the last one is left out when it may be cut. Faults are told by the real reading. */
async function sampleRows(head: string, delimiter: string): Promise<string[][]> {
  const end = head.lastIndexOf('\n')
  const text = end > 0 ? head.slice(0, end) : head
  const count = sampleSize + 1
  try {
    const rows: string[][] = []
    const left = new TableSplitter(delimiter).push(`${text}\n`, rows)
    if (left === undefined || rows.length >= count) return rows.slice(0, count)
    // Loaded where a cell goes on in the next line, or a quote stands where none may.
    const { parse } = await import('csv-parse/sync')
    return parse(text, { delimiter, relax_column_count: true, relax_quotes: true, to: count })
  } catch {
    return text.split(/\r?\n/, count).map((line) => line.split(delimiter))
  }
}

function kindOfHeaded(
  columns: readonly HeadedColumn[],
  rows: string[][],
  given: RequestedKind | undefined,
): Pick<Detected, 'kind' | 'isKindGuessed'> {
  if (given) return { kind: given, isKindGuessed: false }
  // With a CSR the gateway decides between issue and renew; rows may also name their own kind.
  if (columns.includes('kind') || columns.includes('csr')) return { isKindGuessed: false }
  const read = headedReader(columns, undefined)
  const kind = guessKindOfFields(rows.map((cells) => read(cells, 1).input?.fields ?? {}))
  return { ...(kind && { kind }), isKindGuessed: kind !== undefined }
}
