/** Issuances by several clients at once: how many, how fast, and what they cost whom. */
import { makeRsaKeys } from './certificate-keys.js'
import { signCsr } from '../sign-csr.js'
import { cpuSeconds } from './cpu-time.js'
import { LoadClient, type Step, type Target } from './load-client.js'

export interface Load {
  clients: number
  /** Ends after so many, or after `seconds`. */
  issuances: number
  seconds: number
}

export interface Measured {
  issuances: number
  /** Clients that got no answer and gave up. */
  lost: number
  perSecond: number
  signedPerSecond: number
  /** Milliseconds of a whole issuance, ascending. */
  times: number[]
  /** Milliseconds of each kind of request, ascending. */
  steps: Map<Step, number[]>
  /** Milliseconds of processor per issuance, by program. */
  cpuMs: Map<string, number>
}

export const percentile = (ascending: readonly number[], part: number): number =>
  ascending[Math.min(ascending.length - 1, Math.floor(ascending.length * part))] ?? Number.NaN

const ascending = (values: number[]): number[] => values.sort((a, b) => a - b)

export interface Request {
  name: string
  csr: Buffer
}

let serial = 0

/** Keys and CSRs are made before the clock runs. */
export const makeRequests = async (count: number): Promise<Request[]> =>
  (await makeRsaKeys(count)).map((keys) => {
    const name = `bench-${++serial}.example.ac.jp`
    return { name, csr: signCsr(keys, name, name).der }
  })

/** For a client that got no answer: it gives up, and the others go on. */
const ifUnanswered = (giveUp: () => void) => (error: unknown) => {
  if ((error as { code?: unknown }).code !== 'UND_ERR_HEADERS_TIMEOUT') throw error
  giveUp()
}

/** @param programs whose processor time is told, by name: process id */
export async function measure(
  target: Target,
  { clients, issuances, seconds }: Load,
  programs: Record<string, number>,
): Promise<Measured> {
  const requests = await makeRequests(issuances)
  const steps = new Map<Step, number[]>()
  const note = (step: Step, ms: number) => {
    const known = steps.get(step)
    if (known) known.push(ms)
    else steps.set(step, [ms])
  }
  const all = Array.from({ length: clients }, () => new LoadClient(target, note))
  for (const client of all) await client.register()
  const cpuBefore = new Map(Object.entries(programs).map(([name, pid]) => [name, cpuSeconds(pid)]))
  const times: number[] = []
  const start = performance.now()
  let [last, lost] = [start, 0]
  const work = async (client: LoadClient) => {
    for (let next = requests.pop(); next; next = requests.pop()) {
      const begin = performance.now()
      if (begin - start > seconds * 1000) return
      await client.issue(next.name, next.csr)
      last = performance.now()
      times.push(last - begin)
    }
  }
  await Promise.all(all.map((client) => work(client).catch(ifUnanswered(() => lost++))))
  const took = (last - start) / 1000
  const cpuMs = new Map(
    Object.entries(programs).map(([name, pid]) => [
      name,
      ((cpuSeconds(pid) - (cpuBefore.get(name) ?? 0)) * 1000) / times.length,
    ]),
  )
  await Promise.all(all.map((client) => client.destroy()))
  const signed = [...steps.values()].reduce((sum, { length }) => sum + length, 0)
  for (const each of steps.values()) ascending(each)
  return {
    issuances: times.length,
    lost,
    perSecond: times.length / took,
    signedPerSecond: signed / took,
    times: ascending(times),
    steps,
    cpuMs,
  }
}

export interface Polling {
  perSecond: number
  /** Milliseconds of processor per poll, by program. */
  cpuMs: Map<string, number>
}

/** Looks at orders, one of each client's own, as fast as the answers come. */
export async function measurePolls(
  target: Target,
  { clients, polls }: { clients: number; polls: number },
  programs: Record<string, number>,
): Promise<Polling> {
  const requests = await makeRequests(clients)
  const all = await Promise.all(
    requests.map(async ({ name, csr }) => {
      const client = new LoadClient(target)
      await client.register()
      return { client, url: (await client.order(name, csr)).location }
    }),
  )
  const cpuBefore = new Map(Object.entries(programs).map(([name, pid]) => [name, cpuSeconds(pid)]))
  const start = performance.now()
  let [left, done, last] = [polls, 0, start]
  const work = async ({ client, url }: (typeof all)[number]) => {
    for (; left > 0; last = performance.now()) {
      left--
      await client.poll(url)
      done++
    }
  }
  await Promise.all(all.map((each) => work(each).catch(ifUnanswered(() => undefined))))
  const took = (last - start) / 1000
  const cpuMs = new Map(
    Object.entries(programs).map(([name, pid]) => [
      name,
      ((cpuSeconds(pid) - (cpuBefore.get(name) ?? 0)) * 1000) / done,
    ]),
  )
  await Promise.all(all.map(({ client }) => client.destroy()))
  return { perSecond: done / took, cpuMs }
}
