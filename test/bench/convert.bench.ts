/**
 * Converting streams of 1k to a million rows, beside bare JSON parsing: growth is linear and memory flat.
 * `UPKI_BENCH_ROWS=10000000` makes the last one ten million rows.
 */
import { Readable } from 'node:stream'
import { type FormatName, UpkiTsvWriter, makeWriter, readApplications } from '@upki-gateway/shared/formats'
import type { Application } from '@upki-gateway/shared/application'
import { dnFor } from '@upki-gateway/shared/testing'
import { peakMemoryMiB, ratePerSecond, type Result } from './result.js'
import { numberSetting } from '../support/number-setting.js'

const largest = numberSetting('UPKI_BENCH_ROWS', 1_000_000)
const sizes = [1_000, 10_000, 100_000]

const [beforeHost = '', afterHost = '', afterSerial = ''] = JSON.stringify({
  kind: 'server-revoke',
  subjectDn: dnFor('HERE.example.ac.jp'),
  serial: '1234567890123456789012HERE',
  revocationReason: '4',
  revocationComment: '更新のため',
}).split('HERE')

/** Cheap to make, so that what is timed is the conversion. */
const line = (row: number): string => `${beforeHost}host${row}${afterHost}${row + 10_000_000}${afterSerial}\n`

async function* chunks(count: number): AsyncGenerator<Buffer> {
  for (let start = 1; start <= count; start += 100) {
    let chunk = ''
    for (let row = start; row < Math.min(start + 100, count + 1); row++) chunk += line(row)
    yield await Promise.resolve(Buffer.from(chunk))
  }
}

async function convert(count: number, to: FormatName): Promise<void> {
  const { batches } = await readApplications(Readable.from(chunks(count)))
  const tsv = new UpkiTsvWriter()
  const writer = to === 'upki-tsv' ? undefined : makeWriter(to)
  let row = 0
  for await (const batch of batches)
    for (const { input } of batch) {
      row += 1
      const made = writer ? writer.write(input as Application, row) : tsv.write(input as Application, row)
      if (typeof made === 'object' && 'code' in made) throw new Error(made.message.en)
    }
  if (row !== count) throw new Error(`${row} rows came out of ${count}`)
}

export async function run(): Promise<Result[]> {
  const lines = Array.from({ length: 10_000 }, (_, index) => line(index))
  const floor = await ratePerSecond(lines.length, () => lines.forEach((text) => JSON.parse(text) as unknown))
  const results: Result[] = []
  const measure = async (count: number, to: FormatName, rounds: number) => {
    const value = await ratePerSecond(count, () => convert(count, to), rounds)
    const beside = { name: 'bare JSON.parse', value: floor }
    results.push({
      name: `convert ${count} rows, JSON lines to ${to}`,
      value,
      unit: 'rows/s',
      beside,
      peakMemoryMiB: peakMemoryMiB(),
    })
  }
  for (const count of sizes) await measure(count, 'upki-tsv', count > 10_000 ? 1 : 3)
  for (const to of ['csv', 'xml'] as const) await measure(10_000, to, 3)
  await measure(largest, 'upki-tsv', 1)
  return results
}
