/** Several processes of one gateway on PostgreSQL and Redis. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { apply, bodyOf, csrFor, end, look } from '../support/applications.js'
import { type Collector, startCollector } from '../support/collector.js'
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
let collector: Collector
const more: Awaited<ReturnType<typeof startMore>>[] = []

beforeAll(async () => {
  collector = await startCollector()
  process.env.OTEL_EXPORTER_OTLP_ENDPOINT = collector.url
  process.env.OTEL_BSP_SCHEDULE_DELAY = '100'
  system = await startIn(directory)
  await system.turnKnobs({ latencyMs: 0 })
  for (const role of ['api', 'api', 'worker', 'worker'] as const) more.push(await startMore(directory, role))
})
afterAll(async () => {
  await Promise.all(more.map(({ child }) => kill(child)))
  await system.stop()
  await collector.close()
  delete process.env.OTEL_EXPORTER_OTLP_ENDPOINT
  delete process.env.OTEL_BSP_SCHEDULE_DELAY
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

  it('make one trace of a request and of what workers do for it', { timeout: 120_000 }, async () => {
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
    const answer = await at(0).call('/v1/applications', {
      method: 'POST',
      body: bodyOf([{ csr: await csrFor('traced.example.ac.jp') }]),
      headers: { traceparent: `00-${traceId}-00f067aa0ba902b7-01` },
    })
    expect(answer.status).toBe(201)
    const spans = await until(
      () => Promise.resolve(collector.spans.filter((span) => span.traceId === traceId)),
      (some) => some.length === 5,
      100,
    )
    const roles = spans.map(({ name, resource }) => `${name} by ${resource['upki.role']}`).toSorted()
    expect(roles).toEqual([
      'POST /v1/applications by api',
      'accept by api',
      'complete by worker',
      'seal by worker',
      'upload by worker',
    ])
  })

  it('answer nothing of the API in a worker', async () => {
    expect((await more[2]!.call('/v1/applications')).status).toBe(404)
    expect((await more[2]!.call('/healthz')).status).toBe(200)
  })
})
