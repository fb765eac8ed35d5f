/** Takes traces as a collector of OpenTelemetry does: OTLP over HTTP in JSON (opentelemetry.proto.collector.trace.v1). */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

interface Attribute {
  key: string
  value: { stringValue?: string; intValue?: number | string }
}

export interface CollectedSpan {
  traceId: string
  spanId: string
  parentSpanId?: string
  name: string
  /** 2 is a server's, 3 a client's. */
  kind: number
  attributes: Attribute[]
  links?: { traceId: string; spanId: string }[]
  status: { code?: number }
  /** What the program that sent it says of itself. */
  resource: Record<string, string | undefined>
}

interface ExportRequest {
  resourceSpans: {
    resource: { attributes: Attribute[] }
    scopeSpans: { spans: Omit<CollectedSpan, 'resource'>[] }[]
  }[]
}

export interface Collector {
  url: string
  /** Of every program that sends here. */
  spans: CollectedSpan[]
  /** Everything that came. */
  text(): string
  close(): Promise<void>
}

export const valueOf = ({ attributes }: CollectedSpan, wanted: string): string | undefined => {
  const value = attributes.find(({ key }) => key === wanted)?.value
  const told = value?.stringValue ?? value?.intValue
  return told === undefined ? undefined : String(told)
}

export async function startCollector(): Promise<Collector> {
  const bodies: string[] = []
  const spans: CollectedSpan[] = []
  const take = (body: string) => {
    bodies.push(body)
    for (const { resource, scopeSpans } of (JSON.parse(body) as ExportRequest).resourceSpans) {
      const told = Object.fromEntries(resource.attributes.map(({ key, value }) => [key, value.stringValue]))
      for (const scope of scopeSpans) spans.push(...scope.spans.map((span) => ({ ...span, resource: told })))
    }
  }
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      if (request.url === '/v1/traces') take(Buffer.concat(chunks).toString())
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    text: () => bodies.join('\n'),
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
