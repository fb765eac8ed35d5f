/** Cuts TSV without quotes into rows of cells while it comes; CRLF or LF, with or without a last line end. */
import { InputFault } from './input-fault.js'
import { maxRowLength } from './split-json.js'

export class TsvSplitter {
  #held = ''

  /** Adds the rows that are complete after this piece; empty lines stay, as one empty cell. @throws {InputFault} */
  push(piece: string, rows: string[][]): void {
    const lines = (this.#held + piece).split('\n')
    this.#held = lines.pop() ?? ''
    for (const line of lines) rows.push(toCells(line))
    if (this.#held.length > maxRowLength) throw new InputFault('rowTooLong', { max: maxRowLength })
  }

  end(rows: string[][]): void {
    if (this.#held !== '') rows.push(toCells(this.#held))
  }
}

function toCells(line: string): string[] {
  if (line.length > maxRowLength) throw new InputFault('rowTooLong', { max: maxRowLength })
  return (line.endsWith('\r') ? line.slice(0, -1) : line).split('\t')
}
