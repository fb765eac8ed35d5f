/** One trace from the request to the certificate, as a collector of OpenTelemetry gets it from the real programs. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { apply, bodyOf, csrFor, end, look } from '../support/applications.js'
import { type Collector, type CollectedSpan, startCollector, valueOf } from '../support/collector.js'
import { makeDirectory, removeDirectory, startIn, type TestSystem, until } from '../support/system.js'

const directory = makeDirectory()
let collector: Collector
let system: TestSystem

beforeAll(async () => {
  collector = await startCollector()
  const env = {
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_BSP_SCHEDULE_DELAY: '100',
    OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
  }
  system = await startIn(directory, env)
  await system.turnKnobs({ latencyMs: 0 })
})
afterAll(async () => {
  await system.stop()
  await collector.close()
  removeDirectory(directory)
})

const spansOf = (traceId: string): CollectedSpan[] =>
  collector.spans.filter((span) => span.traceId === traceId)

/** Spans of a trace by name, when the last of them has come. */
async function collected(traceId: string): Promise<Record<string, CollectedSpan>> {
  const spans = await until(
    () => Promise.resolve(spansOf(traceId)),
    (some) => some.some(({ name }) => name === 'complete'),
  )
  return Object.fromEntries(spans.map((span) => [span.name, span]))
}

/** The certificate is issued; @returns the id of the application */
async function issue(name: string, traceparent: string): Promise<string> {
  const response = await system.call('/v1/applications', {
    method: 'POST',
    body: bodyOf([{ csr: await csrFor(name) }]),
    headers: { traceparent },
  })
  expect(response.status).toBe(201)
  const { applications } = (await response.json()) as { applications: { id: string }[] }
  await end(system, applications[0]!.id)
  return applications[0]!.id
}

describe('the trace of an application', () => {
  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'

  it('goes on from that of the caller, over acceptance, file and upload, to the certificate', async () => {
    const id = await issue('traced.example.ac.jp', `00-${traceId}-00f067aa0ba902b7-01`)
    const spans = await collected(traceId)
    const request = spans['POST /v1/applications']!
    expect(Object.keys(spans).toSorted()).toEqual([
      'POST /v1/applications',
      'accept',
      'complete',
      'seal',
      'upload',
    ])
    expect(request).toMatchObject({ parentSpanId: '00f067aa0ba902b7', kind: 2 })
    expect(spans.accept!.parentSpanId).toBe(request.spanId)
    expect(spans.seal!.parentSpanId).toBe(spans.accept!.spanId)
    expect(spans.upload).toMatchObject({ parentSpanId: spans.seal!.spanId, kind: 3 })
    expect(spans.complete!.parentSpanId).toBe(spans.accept!.spanId)
    expect(valueOf(request, 'http.response.status_code')).toBe('201')
    expect(valueOf(spans.upload!, 'upki.outcome')).toBe('accepted')
    expect(valueOf(spans.complete!, 'upki.application')).toBe(id)
    expect(valueOf(spans.complete!, 'upki.state')).toBe('issued')
  })

  it('is linked with the report that told of the certificate, and that with the file', async () => {
    const { complete, seal } = await collected(traceId)
    const [link] = complete!.links!
    const report = await until(
      () => Promise.resolve(collector.spans.find(({ spanId }) => spanId === link!.spanId)),
      (span) => span !== undefined,
    )
    expect(report).toMatchObject({ name: 'report', traceId: link!.traceId })
    expect(report!.traceId).not.toBe(traceId)
    expect(report!.links).toContainEqual(expect.objectContaining({ traceId, spanId: seal!.spanId }))
  })

  it('begins with the request when the caller gives none, or what is none', async () => {
    await issue('other.example.ac.jp', '00-00000000000000000000000000000000-00f067aa0ba902b7-01')
    const requests = await until(
      () => Promise.resolve(collector.spans.filter(({ name }) => name === 'POST /v1/applications')),
      (some) => some.length === 2,
    )
    expect(requests[1]!.traceId).toMatch(/[1-9a-f]/)
    expect(requests[1]!.parentSpanId).toBeUndefined()
  })

  it('is not sent when the caller traces nothing', async () => {
    const unwanted = '5bf92f3577b34da6a3ce929d0e0e4736'
    await issue('unwanted.example.ac.jp', `00-${unwanted}-00f067aa0ba902b7-00`)
    await issue('wanted.example.ac.jp', '00-6bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01')
    await collected('6bf92f3577b34da6a3ce929d0e0e4736')
    expect(spansOf(unwanted)).toEqual([])
  })
})

describe('a file of several requests', () => {
  it('is a trace of its own, linked with each of theirs', async () => {
    // While one file is on its way, what comes waits, and goes together.
    await system.turnKnobs({ uploadDelayMs: 3000 })
    const [first] = await apply(system, { csr: await csrFor('before.example.ac.jp') })
    await until(
      () => look(system, first!.id),
      ({ state }) => state === 'submitting',
    )
    const traces = ['71', '72'].map((start) => `${start}f92f3577b34da6a3ce929d0e0e4736`)
    const traceparents = traces.map((traceId) => `00-${traceId}-00f067aa0ba902b7-01`)
    await Promise.all(
      traceparents.map((traceparent, index) => issue(`file${index}.example.ac.jp`, traceparent)),
    )
    await system.turnKnobs({ uploadDelayMs: 0 })
    for (const traceId of traces) expect(Object.keys(await collected(traceId))).not.toContain('seal')
    const accepted = traces.map((traceId) => spansOf(traceId).find(({ name }) => name === 'accept')!)
    const seals = collector.spans.filter(({ name, links }) => name === 'seal' && links?.length === 2)
    expect(seals).toHaveLength(1)
    expect(seals[0]!.links!.map(({ spanId }) => spanId).toSorted()).toEqual(
      accepted.map(({ spanId }) => spanId).toSorted(),
    )
  })
})

describe('what is told of the traces', () => {
  it('has the name of the service, and what the settings add', () => {
    const known = { 'service.name': 'upki-gateway', 'deployment.environment.name': 'test' }
    for (const { resource } of collector.spans) expect(resource).toMatchObject(known)
  })

  it('holds no person and no name of a host', () => {
    for (const word of ['taro', '国立', 'example.ac.jp', 'Example University', 'Bearer'])
      expect(collector.text()).not.toContain(word)
  })
})
