/** Bytes as they may arrive: all at once, or in pieces of a given length. */
import { Readable } from 'node:stream'
import type { Application } from '../application/index.js'
import { UpkiTsvWriter, makeWriter, readApplications } from '../formats/index.js'
import type { FormatName, ReadOptions, ReadRow } from '../formats/index.js'

export function inPieces(bytes: Uint8Array | string, length = Infinity): AsyncIterable<Uint8Array> {
  const buffer = Buffer.from(bytes)
  const pieces: Buffer[] = []
  for (let start = 0; start < buffer.length; start += length)
    pieces.push(buffer.subarray(start, start + length))
  return Readable.from(pieces)
}

export interface ReadAll {
  rows: ReadRow[]
  format: FormatName | undefined
  kind: string | undefined
  encoding: string
}

export async function readAll(
  source: AsyncIterable<Uint8Array> | Uint8Array | string,
  options: ReadOptions = {},
): Promise<ReadAll> {
  const input = typeof source === 'string' || source instanceof Uint8Array ? inPieces(source) : source
  const { detected, encoding, batches } = await readApplications(input, options)
  const rows: ReadRow[] = []
  for await (const batch of batches) rows.push(...batch)
  return { rows, format: detected?.format, kind: detected?.kind, encoding: encoding() }
}

export const codesOf = ({ rows }: ReadAll): string[] =>
  rows.flatMap(({ row, findings }) => findings.map(({ code }) => `${row} ${code}`))

/** All rows in one format; UPKI TSV as one file after the other. @throws for what cannot be written */
export function writeAll(format: FormatName, applications: readonly Application[]): Buffer {
  if (format === 'upki-tsv') return writeUpkiTsv(applications)
  const writer = makeWriter(format)
  const rows = applications.map((application, index) => {
    const text = writer.write(application, index + 1)
    if (typeof text !== 'string') throw new Error(text.message.en)
    return text
  })
  return Buffer.from(writer.begin + rows.join('') + writer.end)
}

function writeUpkiTsv(applications: readonly Application[]): Buffer {
  const writer = new UpkiTsvWriter()
  const files = applications.flatMap((application, index) => {
    const made = writer.write(application, index + 1)
    if (made && !('bytes' in made)) throw new Error(made.message.en)
    return made ?? []
  })
  return Buffer.concat([...files, ...writer.end()].map(({ bytes }) => bytes))
}
