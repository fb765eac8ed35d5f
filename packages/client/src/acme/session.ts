/**
 * Signed requests to one ACME server by one account key: RFC 8555 §6.
 *
 * Each send takes a nonce of its own; a refused nonce is answered by another
 * send with a fresh one (§6.5), never by the same bytes again.
 */
import { FlattenedSign, type CryptoKey, type JWK } from 'jose'
import type * as z from 'zod/mini'
import { Failure } from '../terminal/failure.js'
import { AcmeProblem } from './acme-problem.js'
import { parseRetryAfter } from './retry-after.js'
import { directorySchema, type Directory } from './schemas.js'
import { parseJson } from './parse-json.js'
import type { Reply, Transport } from './transport.js'

export interface AccountKey {
  privateKey: CryptoKey
  /** Public part, as it goes into newAccount and its external account binding. */
  publicJwk: JWK
}

/** A reply with its body read. */
export interface Resource<T> {
  value: T
  location?: string
  /** As asked for; `boundedWait` is how long is waited. */
  retryAfterSeconds?: number
}

/** Pebble refuses 1 nonce in 20 on purpose; ten refusals in a row are no accident. */
const maxAttempts = 10

export class Session {
  private readonly nonces: string[] = []
  /** Account URL, once known: requests are signed with it instead of the whole key (§6.2). */
  accountUrl?: string

  private constructor(
    private readonly transport: Transport,
    readonly directory: Directory,
    readonly key: AccountKey,
  ) {}

  static async open(transport: Transport, directoryUrl: URL, key: AccountKey): Promise<Session> {
    const reply = await transport.send('GET', directoryUrl.href)
    refuseProblems(reply)
    return new Session(transport, parseBody(reply, directorySchema, 'directory'), key)
  }

  /** Sends `payload` and reads the answer as `schema`. Absent payload: POST-as-GET (§6.3). */
  async post<S extends z.ZodMiniType>(
    url: string,
    schema: S,
    payload?: object,
  ): Promise<Resource<z.output<S>>> {
    const reply = await this.postForReply(url, payload)
    return {
      value: parseBody(reply, schema, 'answer'),
      location: reply.headers.location,
      retryAfterSeconds: parseRetryAfter(reply.headers['retry-after'], new Date()),
    }
  }

  /** @throws AcmeProblem for every answer but 2xx. */
  async postForReply(url: string, payload?: object): Promise<Reply> {
    for (let attempt = 1; ; attempt++) {
      const reply = await this.transport.send('POST', url, await this.sign(url, payload))
      this.keepNonce(reply)
      try {
        refuseProblems(reply)
        return reply
      } catch (error) {
        const again = error instanceof AcmeProblem && error.type === 'badNonce' && attempt < maxAttempts
        if (!again) throw error
      }
    }
  }

  private async sign(url: string, payload: object | undefined): Promise<string> {
    const signer = this.accountUrl ? { kid: this.accountUrl } : { jwk: this.key.publicJwk }
    const content = payload === undefined ? '' : JSON.stringify(payload)
    const jws = await new FlattenedSign(new TextEncoder().encode(content))
      .setProtectedHeader({ alg: 'ES256', nonce: await this.takeNonce(), url, ...signer })
      .sign(this.key.privateKey)
    return JSON.stringify(jws)
  }

  private async takeNonce(): Promise<string> {
    const kept = this.nonces.pop()
    if (kept) return kept
    const reply = await this.transport.send('HEAD', this.directory.newNonce)
    this.keepNonce(reply)
    const nonce = this.nonces.pop()
    if (!nonce) throw unreadable('nonce', `HTTP ${reply.status}`)
    return nonce
  }

  private keepNonce(reply: Reply): void {
    const nonce = reply.headers['replay-nonce']
    // RFC 8555 §6.5.1: base64url, anything else is ignored.
    if (nonce && /^[A-Za-z0-9_-]{1,1000}$/.test(nonce)) this.nonces.push(nonce)
  }
}

function refuseProblems(reply: Reply): void {
  if (reply.status >= 200 && reply.status < 300) return
  const retryAfter = parseRetryAfter(reply.headers['retry-after'], new Date())
  throw new AcmeProblem(parseJson(reply.body), reply.status, retryAfter)
}

function parseBody<S extends z.ZodMiniType>(reply: Reply, schema: S, what: string): z.output<S> {
  const { success, data, error } = schema.safeParse(parseJson(reply.body))
  if (success) return data
  const [issue] = error.issues
  throw unreadable(what, `${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`)
}

const unreadable = (what: string, reason: string) =>
  new Failure('failed', {
    en: `The server's ${what} is not what RFC 8555 asks for (${reason.trim()}). Check that --server is the directory URL of an ACME server.`,
    ja: `サーバの応答 (${what}) が RFC 8555 に合いません (${reason.trim()})。--server が ACME サーバのディレクトリ URL か確かめてください。`,
  })
