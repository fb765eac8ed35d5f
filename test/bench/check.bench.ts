/**
 * Checking files of 1k, 10k and 100k rows, with RSA CSRs in worker threads and without CSR, beside bare signature
 * checks; and the command itself beside bare node, since for small files the start is the cost.
 */
import { spawnSync } from 'node:child_process'
import { generateKeyPairSync, verify } from 'node:crypto'
import { createReadStream, createWriteStream, mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
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

async function check(path: string, count: number, pool: JudgePool): Promise<void> {
  const { batches } = await readApplications(createReadStream(path))
  const stream = checkStream(batches as AsyncIterable<ReadRow[]>, {
    contextOf: () => context,
    complete: false,
    pool,
  })
  let seen = 0
  for await (const batch of stream) seen += batch.rows
  if (seen !== count) throw new Error(`${seen} rows came back of ${count}`)
}

interface Measured {
  what: string
  rows: (count: number) => Iterable<Buffer>
  beside?: Result['beside']
}

/** The file is there before the time runs, as a user's is. */
async function measure({ what, rows, beside }: Measured, folder: string, pool: JudgePool): Promise<Result[]> {
  const results: Result[] = []
  for (const count of sizes) {
    const path = join(folder, `${count}`)
    await pipeline(Readable.from(rows(count)), createWriteStream(path))
    const value = await ratePerSecond(count, () => check(path, count, pool), count > 10_000 ? 1 : 3)
    const name = `check ${count} rows ${what}`
    results.push({ name, value, unit: 'rows/s', ...(beside && { beside }), peakMemoryMiB: peakMemoryMiB() })
  }
  return results
}

const client = fileURLToPath(new URL('../../packages/client/dist/upki-client.js', import.meta.url))

/** Start, check of a file of 99 rows, end: what a person waits for. */
async function measureCommand(folder: string): Promise<Result> {
  const path = join(folder, '99.tsv')
  await pipeline(Readable.from(plainRows(99)), createWriteStream(path))
  const runs = (...args: string[]) =>
    ratePerSecond(1, () => spawnSync(process.execPath, args, { stdio: 'ignore' }).status, 9)
  const beside = { name: 'starts of bare node', value: await runs('-e', '0') }
  const value = await runs(client, 'tsv', 'check', path)
  return { name: 'the command, one file of 99 rows', value, unit: 'runs/s', beside }
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
  const folder = mkdtempSync(join(tmpdir(), 'upki-bench-'))
  const beside = { name: 'bare signature checks on one core', value: floor }
  try {
    return [
      await measureCommand(folder),
      ...(await measure({ what: 'without CSR, TSV', rows: plainRows }, folder, pool)),
      ...(await measure(
        { what: 'with RSA CSRs, JSON lines', rows: (n) => csrRows(csrs, n), beside },
        folder,
        pool,
      )),
    ]
  } finally {
    await pool.close()
    rmSync(folder, { recursive: true })
  }
}
