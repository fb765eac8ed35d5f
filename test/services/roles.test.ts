/** Several processes of one gateway on PostgreSQL and Redis. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { apply, csrFor, end, look } from '../support/applications.js'
import {
  kill,
  makeDirectory,
  removeDirectory,
  startIn,
  startMore,
  type TestSystem,
  until,
} from '../support/system.js'

const directory = makeDirectory()
let system: TestSystem
const more: Awaited<ReturnType<typeof startMore>>[] = []

beforeAll(async () => {
  system = await startIn(directory)
  await system.simulator('/simulator/knobs', { method: 'POST', body: JSON.stringify({ latencyMs: 0 }) })
  for (const role of ['api', 'api', 'worker', 'worker'] as const) more.push(await startMore(directory, role))
})
afterAll(async () => {
  await Promise.all(more.map(({ child }) => kill(child)))
  await system.stop()
  removeDirectory(directory)
})

const at = (index: number): TestSystem => ({ ...system, call: more[index]!.call })

interface Registered {
  applications: { csrSha256: string; commonName: string }[]
}

describe('two API and three worker processes', () => {
  it('share the work, each row registered once', { timeout: 120_000 }, async () => {
    const requests = Array.from({ length: 12 }, async (_, index) =>
      apply(at(index % 2), { csr: await csrFor(`share${index}.example.ac.jp`) }),
    )
    const applications = (await Promise.all(requests)).flat()
    const outcomes = await Promise.all(applications.map(({ id }) => end(system, id, 90)))
    expect(outcomes.map(({ state }) => state)).toEqual(applications.map(() => 'issued'))
    const answer = (await (await system.simulator('/simulator/applications')).json()) as Registered
    expect(answer.applications.filter(({ commonName }) => commonName.startsWith('share'))).toHaveLength(12)
  })

  it('go on when one of them is gone', { timeout: 120_000 }, async () => {
    await system.kill('gateway')
    const [application] = await apply(at(0), { csr: await csrFor('gone.example.ac.jp') })
    const last = await until(
      () => look(at(1), application!.id),
      ({ state }) => state === 'issued',
      100,
    )
    expect(last.certificateSerial).toMatch(/^\d+$/)
  })

  it('answer nothing of the API in a worker', async () => {
    expect((await more[2]!.call('/v1/applications')).status).toBe(404)
    expect((await more[2]!.call('/healthz')).status).toBe(200)
  })
})
