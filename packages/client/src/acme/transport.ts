/**
 * HTTP as the ACME client needs it: bounded in size and time, no redirects, one
 * origin, its own trust, proxies by environment. An answer of any status is a
 * reply; only a request that got none throws.
 */
import { Agent, EnvHttpProxyAgent, request, type Dispatcher } from 'undici'
import { checkSameOrigin, isLoopback } from './endpoint.js'
import { TransportError } from './transport-error.js'

export interface Reply {
  status: number
  /** Lower-case names; of repeated headers the first. */
  headers: Readonly<Record<string, string | undefined>>
  body: string
}

export interface TransportOptions {
  directory: URL
  /** PEM: the only CAs trusted for the server's TLS; those of Node.js when absent. */
  trustedCas?: string
  userAgent: string
  language: string
  log: (event: string) => void
  signal: AbortSignal
}

/** An order of 100 names with all its findings takes well under half of it. */
const maxBodyBytes = 1024 * 1024
const timeouts = { connectTimeout: 15_000, headersTimeout: 60_000, bodyTimeout: 60_000 }

export class Transport {
  private readonly dispatcher: Dispatcher

  constructor(private readonly options: TransportOptions) {
    const tls = options.trustedCas ? { ca: options.trustedCas } : {}
    const limits = { ...timeouts, connect: tls, maxResponseSize: maxBodyBytes }
    this.dispatcher = isLoopback(options.directory.hostname)
      ? new Agent(limits)
      : new EnvHttpProxyAgent({ ...limits, requestTls: tls })
  }

  /**
   * Sends one request.
   *
   * @throws TransportError when no whole answer came; Failure for another origin.
   */
  async send(method: 'GET' | 'HEAD' | 'POST', url: string, body?: string): Promise<Reply> {
    checkSameOrigin(url, this.options.directory)
    this.options.signal.throwIfAborted()
    try {
      const reply = await this.exchange(method, url, body)
      this.options.log(`${method} ${url} ${reply.status}`)
      return reply
    } catch (error) {
      if (this.options.signal.aborted) throw error
      const code = errorCode(error)
      this.options.log(`${method} ${url} ${code}`)
      throw new TransportError(url, code, error)
    }
  }

  async close(): Promise<void> {
    await this.dispatcher.destroy()
  }

  private async exchange(method: 'GET' | 'HEAD' | 'POST', url: string, body?: string): Promise<Reply> {
    const { userAgent, language, signal } = this.options
    const headers: Record<string, string> = { 'user-agent': userAgent, 'accept-language': language }
    if (body !== undefined) headers['content-type'] = 'application/jose+json'
    const reply = await request(url, { method, headers, body, signal, dispatcher: this.dispatcher })
    return { status: reply.statusCode, headers: firstValues(reply.headers), body: await reply.body.text() }
  }
}

const firstValues = (headers: Record<string, string | string[] | undefined>) =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value[0] : value]),
  )

function errorCode(error: unknown): string {
  const { code, name } = error as { code?: unknown; name: string }
  return typeof code === 'string' ? code : name
}
