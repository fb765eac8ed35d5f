/**
 * Whole ACME issuances, newOrder to downloaded certificate, through gateway and simulator without latency.
 * Embedded; on PostgreSQL and Redis with UPKI_TEST_DATABASE_URL and UPKI_TEST_REDIS_URL.
 */
import { generateKeyPairSync, sign, verify } from 'node:crypto'
import { makeDirectory, removeDirectory, startIn, type TestSystem } from '../support/system.js'
import { LoadClient } from './load-client.js'
import { ratePerSecond, type Result } from './result.js'
import { signCsr } from './sign-csr.js'

/** Signed requests of one issuance: newOrder, finalize, one poll, certificate. */
const REQUESTS = 4
const WAVES = 6

/** What no server can do without: the account's signatures, the CSR's, and the CA's own. */
function cryptoFloor(): Promise<number> {
  const account = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const subject = generateKeyPairSync('ec', { namedCurve: 'P-384' })
  const text = Buffer.alloc(600)
  const [request, csr] = [sign('sha256', text, account.privateKey), sign('sha384', text, subject.privateKey)]
  const one = () => {
    for (let times = 0; times < REQUESTS; times++) verify('sha256', text, account.publicKey, request)
    verify('sha384', text, subject.publicKey, csr)
    sign('sha384', text, subject.privateKey)
  }
  return ratePerSecond(200, () => {
    for (let times = 0; times < 200; times++) one()
  })
}

async function issueWith(
  system: TestSystem,
  clients: number,
): Promise<{ perSecond: number; slowestMs: number }> {
  const all = Array.from({ length: clients }, () => new LoadClient(system))
  for (const client of all) await client.register()
  const times: number[] = []
  const start = performance.now()
  const work = all.map(async (client, index) => {
    for (let wave = 0; wave < WAVES; wave++) {
      const name = `bench-${clients}-${index}-${wave}.example.ac.jp`
      const { der } = signCsr(generateKeyPairSync('ec', { namedCurve: 'P-384' }), name)
      const begin = performance.now()
      await client.issue(name, der)
      times.push(performance.now() - begin)
    }
  })
  await Promise.all(work)
  const seconds = (performance.now() - start) / 1000
  await Promise.all(all.map((client) => client.close()))
  return { perSecond: times.length / seconds, slowestMs: Math.max(...times) }
}

export async function run(): Promise<Result[]> {
  const directory = makeDirectory()
  const system = await startIn(directory)
  try {
    await system.simulator('/simulator/knobs', { method: 'POST', body: JSON.stringify({ latencyMs: 0 }) })
    const floor = { name: 'its crypto alone, one core', value: await cryptoFloor() }
    const results: Result[] = []
    for (const clients of [1, 8, 64]) {
      const { perSecond, slowestMs } = await issueWith(system, clients)
      results.push({
        name: `ACME issuances, ${clients} at once`,
        value: perSecond,
        unit: '/s',
        beside: floor,
      })
      results.push({ name: `  slowest of them, ${clients} at once`, value: slowestMs, unit: 'ms' })
    }
    return results
  } finally {
    await system.stop()
    removeDirectory(directory)
  }
}
