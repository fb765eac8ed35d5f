/** REST of the gateway, as an operator calls it with a token from a file. */
import * as z from 'zod/mini'
import { parseDirectoryUrl } from '../../acme/endpoint.js'
import { parseJson } from '../../acme/parse-json.js'
import { type Content, type Method, Transport } from '../../acme/transport.js'
import { Failure } from '../../terminal/failure.js'
import { readGiven } from '../../terminal/given-file.js'
import { printable } from '../../terminal/printable.js'
import { userAgent } from '../certonly/open-transport.js'
import { readCaFile } from '../ca-file.js'
import type { Context } from '../command-spec.js'

export interface GatewayOptions {
  server?: string
  tokenFile?: string
  caFile?: string
}

export interface Sent {
  method: Method
  path: string
  body?: Content
  type?: string
}

/** A report of a whole university, over a slow line. */
const requestMs = 600_000

export class GatewayApi {
  private constructor(
    private readonly origin: URL,
    private readonly token: string,
    private readonly transport: Transport,
  ) {}

  /** @throws Failure (usage) when the address or the token is not given, or cannot be read */
  static async open({ server, tokenFile, caFile }: GatewayOptions, context: Context): Promise<GatewayApi> {
    if (!server || !tokenFile) throw incomplete
    const directory = parseDirectoryUrl(server, false)
    const [token, trustedCas] = await Promise.all([
      readGiven(tokenFile),
      caFile ? readCaFile(caFile) : undefined,
    ])
    const { language, signal } = context
    const log = () => undefined
    const transport = new Transport({ directory, trustedCas, userAgent, language, log, signal, requestMs })
    return new GatewayApi(directory, token.toString().trim(), transport)
  }

  /** @throws Failure with the gateway's own words for an answer other than 2xx; TransportError when it cannot be reached */
  async send({ method, path, body, type }: Sent): Promise<Buffer> {
    const headers = { authorization: `Bearer ${this.token}`, ...(type ? { 'content-type': type } : {}) }
    const url = new URL(path, this.origin).href
    const { status, bytes, body: text } = await this.transport.send(method, url, body, headers)
    if (status >= 200 && status < 300) return bytes
    throw refusal(status, text)
  }
}

const problem = z.object({ title: z.string(), detail: z.optional(z.string()) })

function refusal(status: number, body: string): Failure {
  const { data } = problem.safeParse(parseJson(body))
  const said = printable(data?.detail ?? data?.title ?? '', 1000)
  return new Failure('failed', {
    en: `The gateway refused (${status}): ${said}`,
    ja: `ゲートウェイが拒否しました (${status}): ${said}`,
  })
}

const incomplete = new Failure('usage', {
  en: 'Give the gateway with --server https://… and your token with --token-file.',
  ja: '--server https://… でゲートウェイを、--token-file でトークンのファイルを指定してください。',
})
