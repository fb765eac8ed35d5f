/**
 * Traces as the steps see them: pieces of work with a name, that go on from one another over requests, the store
 * and processes. A piece is named to others by its traceparent (W3C Trace Context §3.2), which the rows carry.
 * Without a collector nothing is made, and nothing is loaded. Source: docs/operations.md, "Traces".
 */

export type Facts = Record<string, string | number | undefined>

export interface SpanOptions {
  kind?: 'server' | 'client'
  /** Ids, counts and names from the configuration; nothing of a person. */
  facts?: Facts
  /**
   * Traceparents that this goes on from. When all are of one trace, this is a part of it; of several it is a trace of
   * its own, linked with each. Undefined: it goes on from the work that it is done in.
   */
  from?: readonly (string | null | undefined)[]
  /** Traceparents of what has to do with it besides. */
  links?: readonly (string | null | undefined)[]
}

export interface Span {
  /** Undefined when nothing is traced. */
  readonly traceparent: string | undefined
  /** Does the work as a part of this. */
  within<T>(work: () => T): T
  rename(name: string): void
  tell(facts: Facts): void
  /** @param error why it failed */
  end(error?: unknown): void
}

export interface Trace {
  /** The traceparent of the work that is being done, if that is traced. */
  current(): string | undefined
  start(name: string, options?: SpanOptions): Span
  /** Sends what was not sent yet. */
  close(): Promise<void>
}

const nothing: Span = {
  traceparent: undefined,
  within: (work) => work(),
  rename: () => undefined,
  tell: () => undefined,
  end: () => undefined,
}

export const untraced: Trace = {
  current: () => undefined,
  start: () => nothing,
  close: () => Promise.resolve(),
}

/** Does the work as a span of its own, which fails when the work does. */
export async function traced<T>(
  trace: Trace,
  name: string,
  options: SpanOptions,
  work: (span: Span) => Promise<T>,
): Promise<T> {
  const span = trace.start(name, options)
  try {
    const result = await span.within(() => work(span))
    span.end()
    return result
  } catch (error) {
    span.end(error)
    throw error
  }
}
