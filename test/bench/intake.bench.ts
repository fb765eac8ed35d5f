/**
 * The intake of REST: single applications by `POST /v1/applications` on PostgreSQL with fsync, beside what the same
 * server does with one small commit per request (pgbench), in the same run.
 */
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Pool } from 'undici'
import { ensurePrograms } from '../../scripts/debian.mjs'
import { startGateway } from '../../scripts/processes.mjs'
import { kill } from '../support/system.js'
import { cpuSeconds } from './acme/cpu-time.js'
import { makeRequests, percentile } from './acme/load.js'
import { type GatewayOnPostgres, startGatewayOnPostgres } from './acme/programs.js'
import type { Result } from './result.js'

const CLIENTS = 16
const REQUESTS = 1500
const ROUNDS = 4
const SECONDS = 20
/** Longer than the run: what is accepted stays with the simulator. */
const WAITING_MS = 600_000

const bodyOf = (csr: Buffer): string =>
  JSON.stringify({
    csr: csr.toString('base64'),
    subscriberName: '国立 太郎',
    subscriberEmail: 'taro@example.ac.jp',
    software: 'nginx 1.26',
  })

/** Commits per second of one insert of the size of an application each. */
function measureCommits({ databaseUrl, directory }: GatewayOnPostgres): number {
  const { pgbench, psql } = ensurePrograms({ pgbench: 'postgresql', psql: 'postgresql-client' })
  const script = join(directory, 'commit.sql')
  writeFileSync(script, "insert into floor (content) values (repeat('x', 4000));\n")
  execFileSync(psql, [databaseUrl, '-qc', 'create table floor (content text)'])
  const args = ['-n', '-c', `${CLIENTS}`, '-j', '1', '-T', '5', '-f', script, databaseUrl]
  const told = execFileSync(pgbench, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  return Number(/tps = ([\d.]+)/.exec(told)?.[1])
}

async function post(pool: Pool, token: string, body: string): Promise<void> {
  const answer = await pool.request({
    method: 'POST',
    path: '/v1/applications',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body,
  })
  const text = await answer.body.text()
  if (answer.statusCode !== 201) throw new Error(text)
}

interface Measured {
  /** Milliseconds of each request, ascending. */
  times: number[]
  perSecond: number
  /** Milliseconds of processor per request, gateway and PostgreSQL. */
  cpuMs: number
}

async function load(url: string, { directory, pids }: GatewayOnPostgres): Promise<Measured> {
  const bodies = (await makeRequests(REQUESTS)).map(({ csr }) => bodyOf(csr))
  const token = readFileSync(join(directory, 'operator.token'), 'utf8').trim()
  const ca = readFileSync(join(directory, 'ca.pem'), 'utf8')
  const pool = new Pool(url, { connections: CLIENTS, connect: { ca } })
  const cpu = () => cpuSeconds(pids.gateway!) + cpuSeconds(pids.PostgreSQL!)
  const times: number[] = []
  const [start, before] = [performance.now(), cpu()]
  const client = async () => {
    for (let body = bodies.pop(); body !== undefined; body = bodies.pop()) {
      const begin = performance.now()
      if (begin - start > SECONDS * 1000) return
      await post(pool, token, body)
      times.push(performance.now() - begin)
    }
  }
  await Promise.all(Array.from({ length: CLIENTS }, client))
  const perSecond = times.length / ((performance.now() - start) / 1000)
  const cpuMs = ((cpu() - before) * 1000) / times.length
  await pool.close()
  return { times: times.sort((a, b) => a - b), perSecond, cpuMs }
}

/** The last of the rounds: a server runs for weeks, and what is measured is code that its engine knows. */
async function loadWarm(url: string, programs: GatewayOnPostgres): Promise<Measured> {
  for (let round = 1; round < ROUNDS; round++) await load(url, programs)
  return load(url, programs)
}

const toResults = (name: string, { times, perSecond, cpuMs }: Measured, commits: number): Result[] => [
  {
    name: `POST /v1/applications, ${CLIENTS} at once, ${name} (p50 ${percentile(times, 0.5).toFixed(1)} ms)`,
    value: perSecond,
    unit: '/s',
    beside: { name: 'one commit of 4 kB per request, pgbench', value: commits },
  },
  { name: '  p99', value: percentile(times, 0.99), unit: 'ms' },
  { name: '  processor per request, gateway and PostgreSQL', value: cpuMs, unit: 'ms' },
]

/** A process of its own that takes requests; nobody works on what it accepts. */
async function startApi({ directory, databaseUrl }: GatewayOnPostgres) {
  const settings = { UPKI_DATA_DIR: directory, UPKI_DATABASE_URL: databaseUrl, UPKI_LISTEN: '127.0.0.1:0' }
  const env = { ...process.env, ...settings, UPKI_LOG_LEVEL: 'error' }
  return startGateway({ role: 'api', env, stdout: 'ignore' })
}

export async function* run(): AsyncGenerator<Result> {
  const programs = await startGatewayOnPostgres()
  try {
    await programs.system.turnKnobs({ latencyMs: WAITING_MS })
    const commits = measureCommits(programs)
    const whole = await loadWarm(programs.system.url, programs)
    yield* toResults('and all work on them', whole, commits)
    await programs.system.kill('gateway')
    const { child, url } = await startApi(programs)
    const alone = await loadWarm(url, { ...programs, pids: { ...programs.pids, gateway: child.pid! } })
    await kill(child)
    yield* toResults('api alone', alone, commits)
  } finally {
    await programs.stop()
  }
}
