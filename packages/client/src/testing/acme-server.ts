/**
 * A small ACME server for the client's tests: RFC 8555 as the client meets it,
 * strict about nonces and signatures, with knobs for what goes wrong in the
 * field. The whole chain is tested against the real gateway in test/e2e.
 */
import 'reflect-metadata'
import { randomBytes } from 'node:crypto'
import {
  createServer as createHttpServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { Pkcs10CertificateRequest } from '@peculiar/x509'
import { calculateJwkThumbprint, flattenedVerify, importJWK, type FlattenedJWSInput, type JWK } from 'jose'
import { CertificateAuthority } from './certificate-authority.js'

interface TestEab {
  kid: string
  hmacKey: string
}

export interface Settings {
  eab?: TestEab
  meta?: Record<string, unknown>
  /** The order's extension member. */
  upki?: Record<string, unknown>
  /** Answers `processing` this many times after finalize; Infinity until set to 0. */
  processingAnswers: number
  retryAfter: string
  /** This many good nonces are refused. */
  refuseNonces: number
  authorizationStatus: string
  /** This many key changes are carried out without an answer. */
  loseAnswers: number
  /** Replaces an answer: return undefined to leave it. */
  tamper?: (path: string, payload: unknown) => Answer | 'hang up' | undefined
  /** Replaces the certificate chain. */
  chain?: (pem: string, csr: Pkcs10CertificateRequest) => Promise<string> | string
}

export interface Answer {
  status: number
  body: unknown
  headers?: Record<string, string>
}

interface TestOrder {
  account: string
  names: string[]
  status: string
  csr?: string
  left: number
}

export interface SignedRequest {
  path: string
  header: Record<string, unknown>
  payload: unknown
}

export class AcmeServer {
  readonly settings: Settings = {
    processingAnswers: 0,
    retryAfter: '1',
    refuseNonces: 0,
    authorizationStatus: 'valid',
    loseAnswers: 0,
  }
  /** Every signed request that was accepted, in order. */
  readonly requests: SignedRequest[] = []
  readonly orders: TestOrder[] = []
  private readonly accounts = new Map<string, JWK>()
  private readonly nonces = new Set<string>()
  private origin = ''

  private constructor(
    readonly ca: CertificateAuthority,
    private readonly server: Server,
    /** PEM that the server's TLS is trusted by. */
    readonly tlsCa: string,
  ) {}

  static async start(options: { tls?: boolean } = {}): Promise<AcmeServer> {
    const ca = await CertificateAuthority.create()
    const tls = await ca.issueForLoopback()
    const server = options.tls ? createHttpsServer(tls) : createHttpServer()
    const acme = new AcmeServer(ca, server, tls.ca)
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      acme.serve(request, response).catch((error: unknown) => response.destroy(error as Error))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    acme.origin = options.tls ? `https://localhost:${port}` : `http://127.0.0.1:${port}`
    return acme
  }

  get directoryUrl(): string {
    return `${this.origin}/directory`
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections()
    await new Promise((resolve) => this.server.close(resolve))
  }

  /** Payloads that were sent to paths beginning so. */
  sentTo(path: string): unknown[] {
    return this.requests.filter((request) => request.path.startsWith(path)).map(({ payload }) => payload)
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? ''
    const text = await readAll(request)
    const answer = await this.answer(path, request.method ?? '', text)
    if (answer === 'hang up') return void response.destroy()
    const { status, body, headers } = answer
    const type = typeof body === 'string' ? 'application/pem-certificate-chain' : 'application/json'
    response.writeHead(status, { 'content-type': type, 'replay-nonce': this.newNonce(), ...headers })
    response.end(typeof body === 'string' ? body : JSON.stringify(body))
  }

  private async answer(path: string, method: string, text: string): Promise<Answer | 'hang up'> {
    if (method !== 'POST') return this.settings.tamper?.(path, undefined) ?? this.answerUnsigned(path)
    const verified = await this.verify(path, JSON.parse(text) as FlattenedJWSInput)
    if ('answer' in verified) return verified.answer
    this.requests.push(verified)
    return this.settings.tamper?.(path, verified.payload) ?? this.answerSigned(verified)
  }

  private answerUnsigned(path: string): Answer {
    if (path !== '/directory') return { status: 200, body: '' }
    const url = (name: string) => `${this.origin}/${name}`
    const { meta, eab } = this.settings
    const body = {
      newNonce: url('new-nonce'),
      newAccount: url('new-account'),
      newOrder: url('new-order'),
      keyChange: url('key-change'),
      meta: { ...meta, externalAccountRequired: eab !== undefined },
    }
    return { status: 200, body }
  }

  private async verify(path: string, jws: FlattenedJWSInput): Promise<SignedRequest | { answer: Answer }> {
    const header = JSON.parse(Buffer.from(jws.protected ?? '', 'base64url').toString()) as Record<
      string,
      unknown
    >
    const known = this.nonces.delete(String(header.nonce))
    if (!known || this.settings.refuseNonces-- > 0) return { answer: problem(400, 'badNonce') }
    const jwk = (header.jwk as JWK | undefined) ?? this.accounts.get(String(header.kid))
    if (!jwk) return { answer: problem(400, 'accountDoesNotExist') }
    const { payload } = await flattenedVerify(jws, await importJWK(jwk, 'ES256'), { algorithms: ['ES256'] })
    if (header.url !== this.origin + path) return { answer: problem(403, 'unauthorized') }
    const text = Buffer.from(payload).toString()
    return { path, header, payload: text === '' ? '' : JSON.parse(text) }
  }

  private async answerSigned(request: SignedRequest): Promise<Answer | 'hang up'> {
    const [, resource, id] = request.path.split('/')
    const order = this.orders[Number(id)]
    if (resource === 'new-account') return this.newAccount(request)
    if (resource === 'new-order') return this.newOrder(request)
    if (resource === 'key-change') return this.keyChange(request)
    if (resource === 'account') return ok({ status: 'valid' })
    if (resource === 'authorization')
      return ok({
        status: this.settings.authorizationStatus,
        identifier: { type: 'dns', value: order?.names[0] },
        challenges: [{ type: 'http-01', url: `${this.origin}/challenge/${id}`, token: 'token' }],
      })
    if (!order) return problem(404, 'malformed')
    if (resource === 'finalize') return this.finalize(Number(id), order, request)
    if (resource === 'certificate') return ok(await this.certificate(order))
    return this.look(Number(id), order)
  }

  private async newAccount({ header, payload }: SignedRequest): Promise<Answer> {
    const jwk = header.jwk as JWK
    const url = `${this.origin}/account/${await calculateJwkThumbprint(jwk)}`
    const { onlyReturnExisting, externalAccountBinding } = payload as Record<string, unknown>
    const known = await this.accountOf(jwk)
    if (known) return ok({ status: 'valid' }, { location: known })
    if (onlyReturnExisting) return problem(400, 'accountDoesNotExist')
    if (!(await this.isBound(externalAccountBinding, jwk))) return problem(401, 'unauthorized')
    this.accounts.set(url, jwk)
    return { ...ok({ status: 'valid' }, { location: url }), status: 201 }
  }

  /** A changed key keeps the address that the first one got. */
  private async accountOf(jwk: JWK): Promise<string | undefined> {
    const wanted = await calculateJwkThumbprint(jwk)
    for (const [url, key] of this.accounts) if ((await calculateJwkThumbprint(key)) === wanted) return url
    return undefined
  }

  /** RFC 8555 §7.3.4: HS256, our kid, this URL, no nonce, the account's key inside. */
  private async isBound(binding: unknown, jwk: JWK): Promise<boolean> {
    const { eab } = this.settings
    if (!eab) return true
    if (!binding) return false
    try {
      const key = Buffer.from(eab.hmacKey, 'base64url')
      const { payload, protectedHeader } = await flattenedVerify(binding as FlattenedJWSInput, key, {
        algorithms: ['HS256'],
      })
      const { kid, url, nonce } = protectedHeader as Record<string, unknown>
      const inner = JSON.parse(Buffer.from(payload).toString()) as JWK
      const sameKey = (await calculateJwkThumbprint(inner)) === (await calculateJwkThumbprint(jwk))
      return kid === eab.kid && url === `${this.origin}/new-account` && nonce === undefined && sameKey
    } catch {
      return false
    }
  }

  /** Idempotent as the gateway's: an open order for the same names is given again. */
  private newOrder({ header, payload }: SignedRequest): Answer {
    const { identifiers } = payload as { identifiers: { value: string }[] }
    const names = identifiers.map(({ value }) => value)
    const same = (order: TestOrder) => order.account === header.kid && String(order.names) === String(names)
    const open = this.orders.findIndex((order) => same(order) && !['valid', 'invalid'].includes(order.status))
    if (open >= 0) return this.show(open)
    const status = this.settings.authorizationStatus === 'valid' ? 'ready' : 'pending'
    this.orders.push({ account: String(header.kid), names, status, left: 0 })
    return { ...this.show(this.orders.length - 1), status: 201 }
  }

  /** RFC 8555 §7.3.5: the inner JWS by the new key, naming account and old key. */
  private async keyChange({ header, payload }: SignedRequest): Promise<Answer | 'hang up'> {
    const inner = payload as FlattenedJWSInput
    const { jwk } = JSON.parse(Buffer.from(inner.protected ?? '', 'base64url').toString()) as { jwk: JWK }
    const { payload: said } = await flattenedVerify(inner, await importJWK(jwk, 'ES256'))
    const { account, oldKey } = JSON.parse(Buffer.from(said).toString()) as { account: string; oldKey: JWK }
    const known = this.accounts.get(String(header.kid))
    const fits = known && (await calculateJwkThumbprint(known)) === (await calculateJwkThumbprint(oldKey))
    if (!fits || account !== header.kid) return problem(400, 'malformed')
    this.accounts.set(account, jwk)
    return this.settings.loseAnswers-- > 0 ? 'hang up' : ok({ status: 'valid' })
  }

  private finalize(id: number, order: TestOrder, { payload }: SignedRequest): Answer {
    const { csr } = payload as { csr: string }
    if (order.status !== 'ready') return problem(403, 'orderNotReady')
    Object.assign(order, { csr, status: 'processing', left: this.settings.processingAnswers })
    return this.look(id, order)
  }

  private look(id: number, order: TestOrder): Answer {
    if (order.status === 'processing') {
      if (this.settings.processingAnswers === 0 || order.left-- <= 0) order.status = 'valid'
    }
    return this.show(id)
  }

  /** An order as it stands. */
  show(id: number): Answer {
    const order = this.orders[id]
    const url = (name: string) => `${this.origin}/${name}/${id}`
    const { upki, retryAfter } = this.settings
    const body = {
      status: order?.status,
      identifiers: order?.names.map((value) => ({ type: 'dns', value })),
      authorizations: [url('authorization')],
      finalize: url('finalize'),
      ...(order?.status === 'valid' ? { certificate: url('certificate') } : {}),
      ...(upki ? { upki } : {}),
    }
    return ok(body, { location: url('order'), 'retry-after': retryAfter })
  }

  private async certificate({ csr = '', names }: TestOrder): Promise<string> {
    const request = new Pkcs10CertificateRequest(Buffer.from(csr, 'base64url'))
    const { publicKey, subject } = request
    const pem = await this.ca.issue({ names, publicKey, subject })
    return (await this.settings.chain?.(pem, request)) ?? pem
  }

  private newNonce(): string {
    const nonce = randomBytes(16).toString('base64url')
    this.nonces.add(nonce)
    return nonce
  }
}

const ok = (body: unknown, headers: Record<string, string> = {}): Answer => ({ status: 200, body, headers })

export const problem = (status: number, type: string, more: object = {}): Answer => ({
  status,
  body: { type: `urn:ietf:params:acme:error:${type}`, detail: `refused: ${type}`, status, ...more },
})

async function readAll(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}
