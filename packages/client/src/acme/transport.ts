/**
 * HTTP as the ACME client needs it: bounded in size and time, no redirects, one
 * origin, its own trust, proxies by environment. An answer of any status is a
 * reply; only a request that got none throws.
 *
 * Node's own HTTP is loaded with the first request, which `--help` never makes.
 */
import type { Agent, ClientRequest, IncomingMessage, RequestOptions } from 'node:http'
import { Failure } from '../terminal/failure.js'
import { chooseProxy } from './choose-proxy.js'
import { checkSameOrigin } from './endpoint.js'
import { TransportError } from './transport-error.js'

export interface Reply {
  status: number
  /** Lower-case names; of repeated headers the first. */
  headers: Readonly<Record<string, string | undefined>>
  body: string
  bytes: Buffer
}

export interface TransportOptions {
  directory: URL
  /** PEM: the only CAs trusted for the server's TLS; those of Node.js when absent. */
  trustedCas?: string
  userAgent: string
  language: string
  log: (event: string) => void
  signal: AbortSignal
  /** From the first byte sent to the last received. */
  requestMs?: number
}

/** Text, or a file that is streamed. */
export type Content = string | { file: string }

export type Method = 'GET' | 'HEAD' | 'POST'

const jose = { 'content-type': 'application/jose+json' }

/** An order of 100 names with all its findings takes well under half of it. */
const maxBodyBytes = 1024 * 1024
const usualRequestMs = 60_000

export class Transport {
  private agent?: Promise<Agent>

  constructor(private readonly options: TransportOptions) {}

  /**
   * Sends one request.
   *
   * @throws TransportError when no whole answer came; Failure for another origin, or a proxy that cannot be used.
   */
  async send(
    method: Method,
    url: string,
    body?: Content,
    headers: Readonly<Record<string, string>> = body === undefined ? {} : jose,
  ): Promise<Reply> {
    const { directory, signal, log, requestMs = usualRequestMs } = this.options
    checkSameOrigin(url, directory)
    signal.throwIfAborted()
    const deadline = AbortSignal.timeout(requestMs)
    try {
      const options = await this.requestOptions(method, headers, AbortSignal.any([signal, deadline]))
      const reply = await exchange(new URL(url), options, body)
      log(`${method} ${url} ${reply.status}`)
      return reply
    } catch (error) {
      if (signal.aborted || error instanceof Failure) throw error
      const code = deadline.aborted ? 'ETIMEDOUT' : errorCode(error)
      log(`${method} ${url} ${code}`)
      throw new TransportError(url, code, error)
    }
  }

  async close(): Promise<void> {
    const agent = await this.agent?.catch(() => undefined)
    agent?.destroy()
  }

  private async requestOptions(method: Method, more: Readonly<Record<string, string>>, signal: AbortSignal) {
    const { userAgent, language, trustedCas } = this.options
    const headers = { 'user-agent': userAgent, 'accept-language': language, ...more }
    this.agent ??= openAgent(this.options.directory)
    return { method, headers, signal, agent: await this.agent, ca: trustedCas }
  }
}

/** Keeps connections open between polls; goes through the proxy that HTTPS_PROXY and NO_PROXY name. */
async function openAgent(directory: URL): Promise<Agent> {
  if (directory.protocol === 'http:') return new (await import('node:http')).Agent({ keepAlive: true })
  const proxy = await chooseProxy(directory)
  if (!proxy) return new (await import('node:https')).Agent({ keepAlive: true })
  // A CommonJS module, which the bundle gives as `default` alone.
  const { HttpsProxyAgent } = (await import('https-proxy-agent')).default
  return new HttpsProxyAgent(proxy, { keepAlive: true })
}

async function exchange(url: URL, options: RequestOptions, body: Content | undefined): Promise<Reply> {
  const { request } = await (url.protocol === 'https:' ? import('node:https') : import('node:http'))
  return new Promise((resolve, reject) => {
    const outgoing = request(url, options, (incoming) => {
      readReply(incoming).then(resolve, reject)
    })
    outgoing.on('error', reject)
    outgoing.once('proxyConnect', ({ statusCode }: { statusCode: number }) => {
      if (statusCode !== 200) reject(refusedByProxy(statusCode))
    })
    if (typeof body === 'object') sendFile(body.file, outgoing).catch(reject)
    else outgoing.end(body)
  })
}

async function sendFile(path: string, outgoing: ClientRequest): Promise<void> {
  const { createReadStream } = await import('node:fs')
  const { pipeline } = await import('node:stream/promises')
  await pipeline(createReadStream(path), outgoing)
}

async function readReply(incoming: IncomingMessage): Promise<Reply> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > maxBodyBytes) throw tooLarge
    chunks.push(chunk)
  }
  const bytes = Buffer.concat(chunks)
  const { statusCode: status = 0, headers } = incoming
  return { status, headers: firstValues(headers), body: bytes.toString(), bytes }
}

/** What it says itself would look like an answer of the server. */
const refusedByProxy = (status: number) =>
  Object.assign(new Error(`the proxy answered ${status}`), { code: `HTTP ${status} of the proxy` })

const tooLarge = Object.assign(new Error(`more than ${maxBodyBytes} bytes`), { code: 'ERR_ANSWER_TOO_LARGE' })

const firstValues = (headers: IncomingMessage['headers']) =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value[0] : value]),
  )

function errorCode(error: unknown): string {
  const { code, name } = error as { code?: unknown; name: string }
  return typeof code === 'string' ? code : name
}
