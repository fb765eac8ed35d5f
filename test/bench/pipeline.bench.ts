/**
 * The whole way of many applications on PostgreSQL with fsync: accepted as CSV and as JSON, put into files, uploaded to the
 * simulator without latency, and issued. Then the same with a service that needs a second for each file, which has
 * to be what everything waits for.
 *
 * UPKI_BENCH_ROWS sets how many (5,000); what was accepted is counted at the simulator in the end.
 */
import { readFileSync } from 'node:fs'
import { rowsPerFile } from '@upki-gateway/shared/tsv'
import pg from 'pg'
import { cpuSeconds } from './acme/cpu-time.js'
import { makeRsaKeys } from './acme/certificate-keys.js'
import { type GatewayOnPostgres, startGatewayOnPostgres } from './acme/programs.js'
import type { Result } from './result.js'
import { signCsr } from './sign-csr.js'
import { numberSetting } from '../support/number-setting.js'

const ROWS = numberSetting('UPKI_BENCH_ROWS', 5000)
const CSV_ROWS_PER_REQUEST = 5000
const JSON_ROWS_PER_REQUEST = 500
/** Files that the slow service is given. */
const SLOW_FILES = 10
const SLOW_MS = 1000

interface Row {
  csr: string
  fqdn: string
}

const subscriber = { subscriberEmail: 'taro@example.ac.jp', software: 'nginx 1.26' }

async function makeRows(count: number): Promise<Row[]> {
  const keys = await makeRsaKeys(count)
  return keys.map((key, index) => {
    const fqdn = `host${index}.example.ac.jp`
    return { fqdn, csr: signCsr(key, fqdn).der.toString('base64') }
  })
}

const toCsv = (rows: readonly Row[]): string =>
  [
    'csr,subscriberEmail,software',
    ...rows.map(({ csr }) => `${csr},${subscriber.subscriberEmail},${subscriber.software}`),
  ].join('\r\n')

const toJson = (rows: readonly Row[]): string =>
  JSON.stringify(rows.map(({ csr }) => ({ csr, ...subscriber })))

const formats = {
  CSV: { type: 'text/csv', render: toCsv, most: CSV_ROWS_PER_REQUEST },
  JSON: { type: 'application/json', render: toJson, most: JSON_ROWS_PER_REQUEST },
}

const chunks = <T>(items: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  )

/** @returns rows accepted in a second */
async function accept(
  { system }: GatewayOnPostgres,
  format: keyof typeof formats,
  rows: readonly Row[],
): Promise<number> {
  const { type, render, most } = formats[format]
  const bodies = chunks(rows, most).map(render)
  const start = performance.now()
  for (const body of bodies) {
    const answer = await system.call('/v1/applications?kind=server', {
      method: 'POST',
      body,
      headers: { 'content-type': type },
    })
    const text = await answer.text()
    if (answer.status !== 201) throw new Error(text.slice(0, 2000))
  }
  return (rows.length * 1000) / (performance.now() - start)
}

class Store {
  readonly #client: pg.Client
  constructor(databaseUrl: string) {
    this.#client = new pg.Client(databaseUrl)
  }
  connect = () => this.#client.connect()
  close = () => this.#client.end()

  async count(state: string): Promise<number> {
    const text = 'select count(*)::int as count from applications where state = $1'
    const { rows } = await this.#client.query<{ count: number }>(text, [state])
    return rows[0]!.count
  }

  /** Milliseconds of the last uploads, and from the end of each to the beginning of the next. */
  async lastUploads(files: number): Promise<{ uploads: number[]; pauses: number[] }> {
    const text =
      'select uploaded_at as began, submitted_at as ended from batches order by uploaded_at desc limit $1'
    const { rows } = await this.#client.query<{ began: Date; ended: Date }>(text, [files])
    return {
      uploads: rows.map(({ began, ended }) => ended.getTime() - began.getTime()),
      pauses: rows.slice(1).map(({ ended }, index) => rows[index]!.began.getTime() - ended.getTime()),
    }
  }

  /** @throws when an application ends otherwise */
  async issued(count: number): Promise<void> {
    for (;;) {
      if ((await this.count('issued')) >= count) return
      if ((await this.count('failed')) > 0) throw new Error('Applications failed')
      await new Promise((resolve) => setTimeout(resolve, 250))
    }
  }
}

/** Highest resident memory of a process so far; proc(5), status. */
function peakMiB(pid: number): number {
  const [, kib] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Math.round(Number(kib) / 1024)
}

/** Each row once and none missing. @throws otherwise */
async function checkRegistered({ system }: GatewayOnPostgres, rows: number): Promise<void> {
  const answer = await system.simulator('/simulator/applications')
  const { applications } = (await answer.json()) as { applications: { csrSha256: string }[] }
  const different = new Set(applications.map(({ csrSha256 }) => csrSha256)).size
  if (applications.length !== rows || different !== rows)
    throw new Error(`${rows} rows were accepted, ${applications.length} registered, ${different} different`)
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!

const each = (rows: number, seconds: number): number => (seconds * 1000) / rows

async function* measureFast(programs: GatewayOnPostgres, store: Store, rows: readonly Row[]) {
  await programs.system.turnKnobs({ latencyMs: 0 })
  const { gateway, PostgreSQL, simulator } = programs.pids
  const before = [gateway!, PostgreSQL!, simulator!].map(cpuSeconds)
  const start = performance.now()
  const half = Math.ceil(rows.length / 2)
  for (const [format, some] of [
    ['CSV', rows.slice(0, half)],
    ['JSON', rows.slice(half)],
  ] as const)
    yield {
      name: `${some.length} applications accepted as ${format}, while others are issued`,
      value: await accept(programs, format, some),
      unit: 'rows/s',
    }
  await store.issued(rows.length)
  const seconds = (performance.now() - start) / 1000
  const cpu = [gateway!, PostgreSQL!, simulator!].map((pid, index) => cpuSeconds(pid) - before[index]!)
  yield {
    name: `${rows.length} applications from the first request to the last certificate`,
    value: rows.length / seconds,
    unit: 'rows/s',
    peakMemoryMiB: peakMiB(gateway!),
  }
  for (const [index, name] of ['gateway', 'PostgreSQL', 'simulator'].entries())
    yield { name: `  processor per row, ${name}`, value: each(rows.length, cpu[index]!), unit: 'ms' }
}

async function* measureSlow(programs: GatewayOnPostgres, store: Store, rows: readonly Row[], before: number) {
  await programs.system.turnKnobs({ uploadDelayMs: SLOW_MS })
  await accept(programs, 'JSON', rows)
  await store.issued(before + rows.length)
  const { uploads, pauses } = await store.lastUploads(SLOW_FILES)
  yield {
    name: `pause between uploads of ${SLOW_MS / 1000} s and the simulator's own time (median)`,
    value: median(pauses),
    unit: 'ms',
    beside: { name: 'one upload', value: median(uploads) },
    peakMemoryMiB: peakMiB(programs.pids.gateway!),
  }
}

export async function* run(): AsyncIterable<Result> {
  const slowRows = SLOW_FILES * rowsPerFile
  const rows = await makeRows(ROWS + slowRows)
  const programs = await startGatewayOnPostgres()
  const store = new Store(programs.databaseUrl)
  try {
    await store.connect()
    yield* measureFast(programs, store, rows.slice(0, ROWS))
    yield* measureSlow(programs, store, rows.slice(ROWS), ROWS)
    await checkRegistered(programs, rows.length)
  } finally {
    await store.close()
    await programs.stop()
  }
}
