/**
 * Promises 1 to 4 under kill -9: what was acknowledged is issued, each row of it
 * registered with the issuance system exactly once, whenever the gateway dies.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Application, bodyOf, csrFor, end } from '../support/applications.js'
import { makeDirectory, removeDirectory, startIn, type TestSystem } from '../support/system.js'

const directory = makeDirectory()
let system: TestSystem

/** With other processes about, only the end of the lease tells that the one which uploaded is gone. */
const start = () => startIn(directory, {}, { leaseSeconds: 6 })

beforeAll(async () => {
  system = await start()
})
afterAll(async () => {
  await system.stop()
  removeDirectory(directory)
})

interface Registered {
  applications: { csrSha256: string; commonName: string; kind: string }[]
}

/** Rows the issuance system has for host names that begin so. */
const registered = async (prefix: string) =>
  ((await (await system.simulator('/simulator/applications')).json()) as Registered).applications.filter(
    ({ commonName }) => commonName.startsWith(prefix),
  )

async function restart(): Promise<void> {
  await system.kill('gateway')
  await system.stop()
  system = await start()
}

/** Sends until it is acknowledged, as a portal would: with one Idempotency-Key for all tries. */
async function applySurely(key: string, rows: Record<string, unknown>[]): Promise<Application[]> {
  for (;;) {
    const response = await system
      .call('/v1/applications', { method: 'POST', body: bodyOf(rows), headers: { 'idempotency-key': key } })
      .catch(() => undefined)
    if (response?.status === 201)
      return ((await response.json()) as { applications: Application[] }).applications
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

describe('a gateway killed without warning', () => {
  it(
    'issues every acknowledged application exactly once, killed at any instant of the way',
    { timeout: 420_000 },
    async () => {
      const ids: string[] = []
      // From before the first row is sealed to after the first report is read.
      for (const [round, delay] of [0, 40, 120, 300, 700].entries()) {
        const rows = await Promise.all(
          [0, 1, 2].map(async (index) => ({ csr: await csrFor(`r${round}-${index}.example.ac.jp`) })),
        )
        const applying = applySurely(`round-${round}`, rows)
        await pause(delay)
        await restart()
        ids.push(...(await applying).map(({ id }) => id))
      }
      const outcomes = await Promise.all(ids.map((id) => end(system, id, 200)))
      expect(outcomes.map(({ state }) => state)).toEqual(ids.map(() => 'issued'))
      const rows = await registered('r')
      expect(rows).toHaveLength(ids.length)
      expect(new Set(rows.map(({ csrSha256 }) => csrSha256)).size).toBe(ids.length)
    },
  )

  it(
    'finds the rows of an upload whose answer was lost in the report, and does not send them again',
    { timeout: 240_000 },
    async () => {
      await system.turnKnobs({ loseAnswers: 1, latencyMs: 0 })
      const [application] = await applySurely('lost', [{ csr: await csrFor('lost.example.ac.jp') }])
      expect((await end(system, application!.id, 60)).state).toBe('issued')
      expect(await registered('lost')).toHaveLength(1)
    },
  )

  it('sends again what the report proves was never taken', { timeout: 240_000 }, async () => {
    await system.turnKnobs({ cutBefore: 1, latencyMs: 0 })
    const [application] = await applySurely('cut', [{ csr: await csrFor('cut.example.ac.jp') }])
    await pause(1500)
    await system.turnKnobs({ cutBefore: 0 })
    expect((await end(system, application!.id, 60)).state).toBe('issued')
    expect(await registered('cut')).toHaveLength(1)
  })

  it('dies during a slow upload and leaves the decision to the report', { timeout: 240_000 }, async () => {
    await system.turnKnobs({ uploadDelayMs: 2000, latencyMs: 0 })
    const [application] = await applySurely('slow', [{ csr: await csrFor('slow.example.ac.jp') }])
    await pause(1200)
    await system.kill('gateway')
    await pause(1500)
    await system.stop()
    system = await start()
    expect((await end(system, application!.id, 180)).state).toBe('issued')
    expect(await registered('slow')).toHaveLength(1)
  })
})
