/**
 * Reads applications in any format, row by row, with bounded memory.
 *
 * Whatever the bytes are, what comes out is applications and findings, never an error of the caller's input:
 * a fault that ends the reading is the finding of its row. Errors of the source itself are thrown.
 */
import type { RequestedKind } from '../application/input.js'
import { makeFinding } from '../problem/make-finding.js'
import { decodeText } from './decode-text.js'
import type { Encoding } from './decode-text.js'
import { detect } from './detect.js'
import type { Detected } from './detect.js'
import type { InputHints } from './format.js'
import { InputFault } from './input-fault.js'
import { prepend, readBareTsv, readJson, readQuoted, readXml } from './read-values.js'
import { bareReader, headedReader, objectReader } from './to-input.js'
import type { ReadRow, ToRow } from './to-input.js'

export interface ReadOptions extends InputHints {
  /** Kind of rows that do not name one. */
  kind?: RequestedKind
  /** More rows end the reading with a finding; default no limit. */
  maxRows?: number
}

export interface Reading {
  /** Absent when the input could not be told at all; `batches` then says why. */
  detected?: Detected
  /** As far as it is known: final when all is read. */
  encoding: () => Encoding
  batches: AsyncGenerator<ReadRow[]>
}

/** Looks at the first piece and gives the rest as it comes. */
export async function readApplications(
  source: AsyncIterable<Uint8Array>,
  options: ReadOptions = {},
): Promise<Reading> {
  try {
    const stream = decodeText(source, options.charset)
    const first = await stream.text.next()
    const head = first.done ? '' : first.value
    const detected = await detect(head, options)
    const batches = guarded(rowsOf(detected, prepend(head, stream.text)), options.maxRows ?? Infinity)
    return { detected, encoding: () => stream.encoding, batches }
  } catch (error) {
    if (!(error instanceof InputFault)) throw error
    return { encoding: () => 'ascii', batches: only({ row: 1, findings: [error.toFinding(1)] }) }
  }
}

async function* only(row: ReadRow): AsyncGenerator<ReadRow[]> {
  yield await Promise.resolve([row])
}

function rowsOf(detected: Detected, text: AsyncGenerator<string>): AsyncGenerator<ReadRow[]> {
  const { format, kind, columns, delimiter } = detected
  if (format === 'json' || format === 'jsonl') return numbered(readJson(text), objectReader(kind))
  if (format === 'xml') return numbered(readXml(text), objectReader(kind))
  const rows = format === 'upki-tsv' ? readBareTsv(text) : readQuoted(text, delimiter)
  return columns
    ? numbered(rows, headedReader(columns, kind), 1)
    : numbered(rows, bareReader(kind ?? 'server'))
}

/** @param skip lines of heading */
async function* numbered<T>(
  values: AsyncGenerator<T[]>,
  toRow: ToRow<T>,
  skip = 0,
): AsyncGenerator<ReadRow[]> {
  let count = -skip
  for await (const batch of values) {
    const rows = batch.slice(Math.max(0, -count))
    const start = Math.max(0, count)
    count += batch.length
    if (rows.length > 0) yield rows.map((value, index) => toRow(value, start + index + 1))
  }
}

/** Turns faults into the finding of the row they stopped at. */
async function* guarded(batches: AsyncGenerator<ReadRow[]>, maxRows: number): AsyncGenerator<ReadRow[]> {
  let count = 0
  try {
    for await (const batch of batches) {
      const room = maxRows - count
      count += Math.min(batch.length, room)
      yield batch.length > room ? batch.slice(0, room) : batch
      if (batch.length > room) throw new InputFault('tooManyRows', { max: maxRows })
    }
    if (count === 0) yield [{ row: 1, findings: [makeFinding('inputEmpty', { row: 1 })] }]
  } catch (error) {
    if (!(error instanceof InputFault)) throw error
    yield [{ row: count + 1, findings: [error.toFinding(count + 1)] }]
  }
}
