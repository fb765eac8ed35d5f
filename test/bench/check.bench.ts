/** Checking streams of 1k, 10k and 100k rows, with RSA CSRs in worker threads and without CSR, beside bare signature checks. */
import { generateKeyPairSync, verify } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { Readable } from 'node:stream'
import { type ReadRow, readApplications } from '@upki-gateway/shared/formats'
import { JudgePool, checkStream } from '@upki-gateway/shared/parallel'
import { dnFor, organisation } from '@upki-gateway/shared/testing'
import { peakMemoryMiB, ratePerSecond, type Result } from './result.js'
import { type RawCsr, signCsr } from './sign-csr.js'

const sizes = [1_000, 10_000, 100_000]
const context = { organisation, profiles: ['3', '11'] }
/** Signing takes longer than checking: larger inputs go round, which adds findings of repeated names. */
const distinctCsrs = 5_000
const distinctKeys = 50

function makeCsrs(): RawCsr[] {
  const keys = Array.from({ length: distinctKeys }, () => generateKeyPairSync('rsa', { modulusLength: 2048 }))
  return Array.from({ length: distinctCsrs }, (_, index) =>
    signCsr(keys[index % keys.length]!, `host${index}.example.ac.jp`),
  )
}

function* csrRows(csrs: readonly string[], count: number): Generator<Buffer> {
  for (let row = 0; row < count; row++) {
    const fqdn = `host${row % csrs.length}.example.ac.jp`
    const fields = {
      subjectDn: dnFor(fqdn),
      profileId: '3',
      csr: csrs[row % csrs.length],
      fqdn,
      dnsNames: [fqdn],
    }
    const person = {
      subscriberName: '国立 太郎',
      subscriberEmail: 'taro@example.ac.jp',
      software: 'nginx 1.26',
    }
    yield Buffer.from(`${JSON.stringify({ kind: 'server-issue', ...fields, ...person })}\n`)
  }
}

function* plainRows(count: number): Generator<Buffer> {
  for (let row = 1; row <= count; row++)
    yield Buffer.from(
      `${dnFor(`host${row}.example.ac.jp`)}\t\t\t${10n ** 30n + BigInt(row)}\t4\tkoushin\t\t\t\ttaro@example.ac.jp\t\t\t\r\n`,
    )
}

/** Small chunks joined, as a file or a socket gives them. */
async function* inChunks(rows: Iterable<Buffer>): AsyncGenerator<Buffer> {
  let chunk: Buffer[] = []
  for (const row of rows) {
    chunk.push(row)
    if (chunk.length < 64) continue
    yield await Promise.resolve(Buffer.concat(chunk))
    chunk = []
  }
  yield Buffer.concat(chunk)
}

async function check(rows: Iterable<Buffer>, count: number, pool: JudgePool): Promise<void> {
  const { batches } = await readApplications(Readable.from(inChunks(rows)))
  const stream = checkStream(batches as AsyncIterable<ReadRow[]>, {
    contextOf: () => context,
    complete: false,
    pool,
  })
  let seen = 0
  for await (const batch of stream) seen += batch.rows
  if (seen !== count) throw new Error(`${seen} rows came back of ${count}`)
}

export async function run(): Promise<Result[]> {
  const raw = makeCsrs()
  const csrs = raw.map(({ der }) => der.toString('base64'))
  const floor = await ratePerSecond(raw.length, () => {
    for (const { info, signature, spki } of raw)
      if (!verify('sha256', info, { key: spki, format: 'der', type: 'spki' }, signature))
        throw new Error('wrong')
  })
  const entry = new URL('../../packages/shared/dist/parallel/judge-worker.js', import.meta.url)
  const pool = new JudgePool(entry, context, availableParallelism())
  const results: Result[] = []
  for (const count of sizes) {
    const rounds = count > 10_000 ? 1 : 3
    const value = await ratePerSecond(count, () => check(plainRows(count), count, pool), rounds)
    results.push({
      name: `check ${count} rows without CSR, TSV`,
      value,
      unit: 'rows/s',
      peakMemoryMiB: peakMemoryMiB(),
    })
  }
  for (const count of sizes) {
    const rounds = count > 10_000 ? 1 : 3
    const value = await ratePerSecond(count, () => check(csrRows(csrs, count), count, pool), rounds)
    const beside = { name: 'bare signature checks on one core', value: floor }
    results.push({
      name: `check ${count} rows with RSA CSRs, JSON lines`,
      value,
      unit: 'rows/s',
      beside,
      peakMemoryMiB: peakMemoryMiB(),
    })
  }
  await pool.close()
  return results
}
