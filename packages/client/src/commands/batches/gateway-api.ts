/** REST of the gateway, as an operator calls it: a token from a file, TLS, answers bounded in size. */
import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { request } from 'node:https'
import { pipeline } from 'node:stream/promises'
import * as z from 'zod/mini'
import { parseDirectoryUrl } from '../../acme/endpoint.js'
import { Failure } from '../../terminal/failure.js'
import type { Language } from '../../terminal/language.js'
import { printable } from '../../terminal/printable.js'

export interface GatewayOptions {
  server?: string
  tokenFile?: string
  caFile?: string
}

export interface Sent {
  method: 'GET' | 'POST'
  path: string
  /** Text, or the path of a file that is streamed. */
  body?: { text: string } | { file: string }
  type?: string
}

/** A page of batches, or a sealed file of 99 rows with RSA CSRs, is far below it. */
const maxAnswerBytes = 8 * 1024 * 1024
const timeoutMs = 600_000

export class GatewayApi {
  private constructor(
    private readonly origin: URL,
    private readonly token: string,
    private readonly ca: Buffer | undefined,
    private readonly language: Language,
  ) {}

  /** @throws Failure (usage) when the address or the token is not given, or cannot be read */
  static async open({ server, tokenFile, caFile }: GatewayOptions, language: Language): Promise<GatewayApi> {
    if (!server || !tokenFile) throw incomplete
    const origin = parseDirectoryUrl(server, false)
    const [token, ca] = await Promise.all([read(tokenFile), caFile ? readFile(caFile) : undefined])
    return new GatewayApi(origin, token.trim(), ca, language)
  }

  /** @throws Failure with the gateway's own words for an answer other than 2xx */
  async send(sent: Sent): Promise<Buffer> {
    const answer = await this.exchange(sent)
    const bytes = await readWhole(answer)
    const { statusCode = 0 } = answer
    if (statusCode >= 200 && statusCode < 300) return bytes
    throw refusal(statusCode, bytes.toString())
  }

  private exchange({ method, path, body, type }: Sent): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const outgoing = request(
        new URL(path, this.origin),
        { method, ca: this.ca, headers: this.headers(type), signal: AbortSignal.timeout(timeoutMs) },
        resolve,
      )
      outgoing.on('error', (cause) => reject(unreachable(this.origin, cause)))
      if (body && 'file' in body) pipeline(createReadStream(body.file), outgoing).catch(reject)
      else outgoing.end(body?.text)
    })
  }

  private headers(type: string | undefined): Record<string, string> {
    const common = { authorization: `Bearer ${this.token}`, 'accept-language': this.language }
    return type ? { ...common, 'content-type': type } : common
  }
}

async function read(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    const reason = (cause as Error).message
    const en = `The token in ${path} cannot be read: ${reason}`
    throw new Failure('usage', { en, ja: `${path} のトークンを読めません: ${reason}` }, { cause })
  }
}

async function readWhole(answer: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > maxAnswerBytes) throw new Error(`the gateway's answer has more than ${maxAnswerBytes} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
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

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const unreachable = (origin: URL, cause: Error) =>
  new Failure(
    'failed',
    {
      en: `The gateway at ${origin.origin} cannot be reached: ${cause.message}`,
      ja: `ゲートウェイ ${origin.origin} に接続できません: ${cause.message}`,
    },
    { cause },
  )

const incomplete = new Failure('usage', {
  en: 'Give the gateway with --server https://… and your token with --token-file.',
  ja: '--server https://… でゲートウェイを、--token-file でトークンのファイルを指定してください。',
})
