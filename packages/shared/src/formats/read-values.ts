/** Text to values, format by format: objects from JSON and XML, rows of cells from tables. */
import { Readable, pipeline } from 'node:stream'
import { CsvError, parse } from 'csv-parse'
import { InputFault } from './input-fault.js'
import { XmlReader } from './read-xml.js'
import { JsonSplitter, maxRowLength } from './split-json.js'
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

/** Records that are handed on together. */
const batchSize = 256

/** Tables whose cells may be quoted, RFC 4180. @throws {InputFault} */
export async function* readQuoted(text: AsyncIterable<string>, delimiter: string): Rows {
  const parser = parse({
    delimiter,
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
    throw toFault(error)
  }
  yield batch
}

function toFault(error: unknown): unknown {
  if (!(error instanceof CsvError)) return error
  if (error.code === 'CSV_MAX_RECORD_SIZE') return new InputFault('rowTooLong', { max: maxRowLength })
  return new InputFault('tableSyntax', { detail: error.message })
}
