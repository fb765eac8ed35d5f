/**
 * Traces by OpenTelemetry, sent as OTLP over HTTP with JSON. Loaded only where a collector is configured; the exporter
 * and the sampler read the standard OTEL_* settings themselves. Nothing global is registered: what a span goes on from
 * is kept here. Source: https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import {
  type Attributes,
  diag,
  DiagLogLevel,
  ROOT_CONTEXT,
  type Span as ApiSpan,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  trace as traceApi,
  type Tracer,
} from '@opentelemetry/api'
import { parseTraceParent } from '@opentelemetry/core'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
} from '@opentelemetry/resources'
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base'
import type { Logger } from 'pino'
import type { Facts, Span, SpanOptions, Trace } from '../issuance/ports/trace.js'

/** A collector that does not answer must not keep the gateway from stopping. */
const CLOSE_WITHIN_MS = 3_000

const kinds = { server: SpanKind.SERVER, client: SpanKind.CLIENT }

// W3C Trace Context §3.2.2: version 00, and of the flags only "sampled".
const render = ({ traceId, spanId, traceFlags }: SpanContext): string =>
  `00-${traceId}-${spanId}-0${traceFlags & 1}`

/** What is no traceparent is left out, as §3.2.2.3 says. */
const parseAll = (texts: readonly (string | null | undefined)[]): SpanContext[] =>
  [...new Set(texts)].flatMap((text) => {
    const context = text ? parseTraceParent(text) : null
    return context ? [{ ...context, isRemote: true }] : []
  })

/** Ids and counts as attributes of our own; those of HTTP have the names of the semantic conventions. */
const attributesOf = (facts: Facts = {}): Attributes => facts

/** One parent where all is of one trace; else links. */
function relate({ from, links = [] }: SpanOptions, current: SpanContext | undefined) {
  const beside = parseAll(links).map((context) => ({ context }))
  if (from === undefined) return { parent: current, links: beside }
  const origins = parseAll(from)
  const isOneTrace = new Set(origins.map(({ traceId }) => traceId)).size === 1
  if (isOneTrace) return { parent: origins[0], links: beside }
  return { parent: undefined, links: [...origins.map((context) => ({ context })), ...beside] }
}

class OpenSpan implements Span {
  constructor(
    private readonly span: ApiSpan,
    private readonly storage: AsyncLocalStorage<ApiSpan>,
  ) {}

  get traceparent(): string {
    return render(this.span.spanContext())
  }

  within<T>(work: () => T): T {
    return this.storage.run(this.span, work)
  }

  rename(name: string): void {
    this.span.updateName(name)
  }

  tell(facts: Facts): void {
    this.span.setAttributes(attributesOf(facts))
  }

  /** Only what kind of error: its words may be about a person. */
  end(error?: unknown): void {
    if (error !== undefined) {
      this.span.setStatus({ code: SpanStatusCode.ERROR })
      this.span.setAttribute('error.type', error instanceof Error ? error.name : 'Error')
    }
    this.span.end()
  }
}

class OpenTrace implements Trace {
  readonly #storage = new AsyncLocalStorage<ApiSpan>()

  constructor(
    private readonly tracer: Tracer,
    readonly close: () => Promise<void>,
  ) {}

  current(): string | undefined {
    const span = this.#storage.getStore()
    return span && render(span.spanContext())
  }

  start(name: string, options: SpanOptions = {}): Span {
    const { parent, links } = relate(options, this.#storage.getStore()?.spanContext())
    const context = parent ? traceApi.setSpanContext(ROOT_CONTEXT, parent) : ROOT_CONTEXT
    const kind = options.kind && kinds[options.kind]
    const span = this.tracer.startSpan(
      name,
      { kind, links, attributes: attributesOf(options.facts), root: !parent },
      context,
    )
    return new OpenSpan(span, this.#storage)
  }
}

/** What the exporter cannot send it tells here; the gateway goes on without. */
function listen(log: Logger): void {
  const tell = (message: string) => log.warn({ reason: message.slice(0, 500) }, 'traces')
  const ignore = () => undefined
  diag.setLogger(
    { error: tell, warn: tell, info: ignore, debug: ignore, verbose: ignore },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  )
}

export function openTrace(role: string, log: Logger): Trace {
  listen(log)
  const named = resourceFromAttributes({ 'service.name': 'upki-gateway', 'upki.role': role })
  const provider = new BasicTracerProvider({
    resource: defaultResource()
      .merge(named)
      .merge(detectResources({ detectors: [envDetector] })),
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
  })
  const close = async () => {
    const late = new Promise<void>((resolve) => setTimeout(resolve, CLOSE_WITHIN_MS).unref())
    await Promise.race([provider.shutdown().catch(() => undefined), late])
  }
  return new OpenTrace(provider.getTracer('upki-gateway'), close)
}
