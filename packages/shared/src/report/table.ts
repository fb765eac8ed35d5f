/** Splits a report into heading and rows of 46 cells. Source: docs/upki-tsv.md, "Reports". */

const columnCount = 46

/** More rows than any organisation has certificates: a file beyond it is not a report. */
const maxRows = 1_000_000

export class ReportError extends Error {
  override name = 'ReportError'
  constructor(
    readonly line: number,
    detail: string,
  ) {
    super(`line ${line}: ${detail}`)
  }
}

export interface Table {
  heading: string[]
  rows: string[][]
}

/** @throws {ReportError} with the line, from 1, where a row has too many cells or the file ends too early. */
export function readTable(text: string): Table {
  const [heading, ...rows] = collectRows(text.split(/\r?\n/))
  if (!heading) throw new ReportError(1, 'the file is empty')
  return { heading, rows }
}

/** Joins lines until each row has all its cells: a certificate may bring its own line breaks. */
function collectRows(lines: readonly string[]): string[][] {
  const rows: string[][] = []
  let cells: string[] = []
  lines.forEach((line, index) => {
    if (cells.length === 0 && line === '') return
    cells = append(cells, line.split('\t'))
    if (cells.length > columnCount) throw new ReportError(index + 1, `more than ${columnCount} columns`)
    if (cells.length < columnCount || isInsideQuotes(cells)) return
    rows.push(cells.map(unquote))
    cells = []
    if (rows.length > maxRows) throw new ReportError(index + 1, `more than ${maxRows} rows`)
  })
  if (cells.length > 0)
    throw new ReportError(lines.length, `ends after ${cells.length} of ${columnCount} columns`)
  return rows
}

function append(cells: readonly string[], more: readonly string[]): string[] {
  if (cells.length === 0) return [...more]
  const [first = '', ...rest] = more
  return [...cells.slice(0, -1), `${cells.at(-1) ?? ''}\n${first}`, ...rest]
}

/** True while the last cell has an opening quotation mark only. */
const isInsideQuotes = (cells: readonly string[]): boolean => /^"[^"]*$/.test(cells.at(-1) ?? '')

const unquote = (cell: string): string => /^"([\s\S]*)"$/.exec(cell)?.[1] ?? cell
