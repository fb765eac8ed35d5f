/** Text to values, format by format: objects from JSON and XML, rows of cells from tables. */
import { Readable, pipeline } from 'node:stream'
import { InputFault } from './input-fault.js'
import { XmlReader } from './read-xml.js'
import { JsonSplitter, maxRowLength } from './split-json.js'
import { TableSplitter } from './split-table.js'
import { TsvSplitter } from './split-tsv.js'

export type Values = AsyncGenerator<unknown[]>
export type Rows = AsyncGenerator<string[][]>

/** A reader that is given text piece by piece and adds what is complete. */
interface Splitter<T> {
  push: (piece: string, complete: T[]) => void
  end: (complete: T[]) => void
}

async function* split<T>(text: AsyncIterable<string>, splitter: Splitter<T>): AsyncGenerator<T[]> {
  for await (const piece of text) yield* completed<T>((complete) => splitter.push(piece, complete))
  yield* completed<T>((complete) => splitter.end(complete))
}

/** What is complete comes out even when a fault follows, so that the fault's row is counted right. */
function* completed<T>(work: (complete: T[]) => void): Generator<T[]> {
  const complete: T[] = []
  try {
    work(complete)
  } catch (error) {
    yield complete
    throw error
  }
  yield complete
}

export const readJson = (text: AsyncIterable<string>): Values => split(text, new JsonSplitter())
export const readXml = (text: AsyncIterable<string>): Values => split(text, new XmlReader())
export const readBareTsv = (text: AsyncIterable<string>): Rows => split(text, new TsvSplitter())

/** Tables whose cells may be quoted, RFC 4180. @throws {InputFault} */
export async function* readQuoted(text: AsyncGenerator<string>, delimiter: string): Rows {
  const splitter = new TableSplitter(delimiter)
  let left: string | undefined
  while (left === undefined) {
    const next = (await text.next()) as IteratorResult<string, undefined>
    yield* completed<string[]>((rows) => {
      left = next.done ? splitter.end(rows) : splitter.push(next.value, rows)
    })
    if (next.done) break
  }
  if (left !== undefined) yield* parseRecords(prepend(left, text), delimiter)
}

export async function* prepend(head: string, rest: AsyncGenerator<string>): AsyncGenerator<string> {
  yield head
  yield* rest
}

/** Records that are handed on together. */
const batchSize = 256

async function* parseRecords(text: AsyncIterable<string>, delimiter: string): Rows {
  const { parse, CsvError } = await import('csv-parse')
  const parser = parse({
    delimiter,
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: maxRowLength,
  })
  // Faults of either side come out of the loop below.
  pipeline(Readable.from(text), parser, () => undefined)
  let batch: string[][] = []
  try {
    for await (const record of parser as AsyncIterable<string[]>) {
      batch.push(record)
      if (batch.length < batchSize) continue
      yield batch
      batch = []
    }
  } catch (error) {
    yield batch
    throw error instanceof CsvError ? toFault(error) : error
  }
  yield batch
}

const toFault = ({ code, message }: { code: string; message: string }): InputFault =>
  code === 'CSV_MAX_RECORD_SIZE'
    ? new InputFault('rowTooLong', { max: maxRowLength })
    : // Lines are counted from where the general parser took over; the row of the finding is the file's.
      new InputFault('tableSyntax', { detail: message.replace(/ at line \d+/, '') })
