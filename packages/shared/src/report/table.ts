/** Splits a report into heading and rows of 46 cells. Source: docs/upki-tsv.md, "Reports". */

const columnCount = 46

/** More rows than any organisation has certificates: a file beyond it is not a report. */
const maxRows = 1_000_000

/** A row has a CSR of 2,048 characters and a certificate; what grows far beyond it is not a report. */
const maxRowLength = 1_000_000

export class ReportError extends Error {
  override name = 'ReportError'
  constructor(
    readonly line: number,
    detail: string,
  ) {
    super(`line ${line}: ${detail}`)
  }
}

/**
 * Takes a report line by line and gives its rows, the heading first. Lines are joined until each row has all its
 * cells: a certificate may bring its own line breaks.
 */
export class RowReader {
  #cells: string[] = []
  #length = 0
  #hasQuotes = false
  #line = 0
  #rows = 0

  /** @throws {ReportError} with the line, from 1, where a row has too many cells */
  add(line: string): string[] | undefined {
    this.#line += 1
    if (this.#cells.length === 0 && line === '') return undefined
    this.#length += line.length
    this.#hasQuotes ||= line.includes('"')
    if (this.#length > maxRowLength) throw new ReportError(this.#line, 'a row without end')
    this.#cells = joined(this.#cells, line.split('\t'))
    if (this.#cells.length > columnCount)
      throw new ReportError(this.#line, `more than ${columnCount} columns`)
    if (this.#cells.length < columnCount || (this.#hasQuotes && isInsideQuotes(this.#cells))) return undefined
    return this.#finishRow()
  }

  #finishRow(): string[] {
    const row = this.#hasQuotes ? this.#cells.map(unquote) : this.#cells
    this.#cells = []
    this.#hasQuotes = false
    this.#length = 0
    // The heading is one of them.
    if (this.#rows > maxRows) throw new ReportError(this.#line, `more than ${maxRows} rows`)
    this.#rows += 1
    return row
  }

  /** @throws {ReportError} when the file was empty, or was cut while it came */
  end(): void {
    if (this.#rows === 0 && this.#cells.length === 0) throw new ReportError(1, 'the file is empty')
    if (this.#cells.length > 0)
      throw new ReportError(this.#line, `ends after ${this.#cells.length} of ${columnCount} columns`)
  }
}

/** The first cell of a further line goes on the last cell of the line before. */
function joined(cells: string[], more: string[]): string[] {
  if (cells.length === 0) return more
  const [first = '', ...rest] = more
  cells.push(`${cells.pop() ?? ''}\n${first}`, ...rest)
  return cells
}

/** True while the last cell has an opening quotation mark only. */
const isInsideQuotes = (cells: readonly string[]): boolean => /^"[^"]*$/.test(cells.at(-1) ?? '')

const unquote = (cell: string): string =>
  cell.length > 1 && cell.startsWith('"') && cell.endsWith('"') ? cell.slice(1, -1) : cell
