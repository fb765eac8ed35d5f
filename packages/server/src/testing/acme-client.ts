/**
 * An ACME client for tests: signs by jose, sends over real TLS, and can be told to do each step wrong.
 */
import type { KeyPairKeyObjectResult } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type CryptoKey, exportJWK, FlattenedSign, generateKeyPair, type JWK } from 'jose'
import { Agent, request as sendRequest } from 'undici'
import type { TestGateway } from './gateway.js'

export interface AcmeReply {
  status: number
  headers: Headers
  text: string
  /** Parsed body where it is JSON. */
  body: Record<string, unknown>
}

/** Status and, of a problem, the last part of its type: `400 badNonce`. */
export const outcomeOf = ({ status, body }: AcmeReply): string =>
  typeof body.type === 'string' ? `${status} ${body.type.split(':').at(-1) ?? ''}` : String(status)

/** Of what was made or given: its address (RFC 8555 §7.3, §7.4). */
export const urlOf = ({ headers }: Pick<AcmeReply, 'headers'>): string => headers.get('location') ?? ''

export interface Signer {
  alg: string
  privateKey: CryptoKey
  jwk: JWK
}

export async function makeSigner(alg = 'ES256'): Promise<Signer> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
  return { alg, privateKey, jwk: await exportJWK(publicKey) }
}

/** Of an RSA key that jose did not make. */
export const signerOf = ({ privateKey, publicKey }: KeyPairKeyObjectResult): Signer => ({
  alg: 'RS256',
  // jose takes both; its types for one signer name the one that it makes itself.
  privateKey: privateKey as unknown as CryptoKey,
  jwk: publicKey.export({ format: 'jwk' }),
})

export interface Eab {
  kid: string
  hmacKey: string
}

/** Where a gateway is, and the directory with what its clients need. */
type Reached = Pick<TestGateway, 'url' | 'directory'>

export const sampleEab = (gateway: Reached): Eab =>
  JSON.parse(readFileSync(join(gateway.directory, 'eab.json'), 'utf8')) as Eab

/** Changes of the protected header; a member set to undefined is left out. */
export type HeaderChange = Record<string, unknown>

export interface Flattened {
  protected: string
  payload: string
  signature: string
}

export const toBase64url = (text: string): string => Buffer.from(text).toString('base64url')

export class AcmeClient {
  kid: string | undefined
  readonly #agent: Agent

  constructor(
    readonly gateway: Reached,
    readonly signer: Signer,
  ) {
    this.#agent = new Agent({
      // Fewer than a listening socket lets wait: 511.
      connections: 128,
      // The Host header, by which undici would judge the certificate, is for the tests to choose.
      connect: {
        ca: readFileSync(join(gateway.directory, 'ca.pem')),
        checkServerIdentity: () => undefined,
        timeout: 60_000,
      },
    })
  }

  static async open(gateway: Reached, alg?: string): Promise<AcmeClient> {
    return new AcmeClient(gateway, await makeSigner(alg))
  }

  /** A client whose account carries the approval of the sample organisation. */
  static async registered(gateway: Reached): Promise<AcmeClient> {
    const client = await AcmeClient.open(gateway)
    const reply = await client.register(sampleEab(gateway))
    if (reply.status !== 201) throw new Error(`Not registered: ${reply.text}`)
    return client
  }

  url = (path: string): string => `${this.gateway.url}/acme/${path}`

  async request(
    method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE' | 'OPTIONS' | 'PATCH',
    url: string,
    options: { body?: string; headers?: Record<string, string> } = {},
  ): Promise<AcmeReply> {
    const { statusCode, headers, body } = await sendRequest(url, {
      method,
      dispatcher: this.#agent,
      ...options,
    })
    const text = await body.text()
    const isJson = /json/.test(String(headers['content-type'])) && text !== ''
    const parsed = isJson ? (JSON.parse(text) as Record<string, unknown>) : {}
    return { status: statusCode, headers: new Headers(headers as Record<string, string>), text, body: parsed }
  }

  async nonce(): Promise<string> {
    const { headers } = await this.request('HEAD', this.url('new-nonce'))
    return headers.get('replay-nonce') ?? ''
  }

  /** `payload` undefined: POST-as-GET; text: sent as it is. */
  async sign(
    url: string,
    payload: unknown,
    change: HeaderChange = {},
    signer = this.signer,
  ): Promise<Flattened> {
    const header = {
      alg: signer.alg,
      nonce: 'nonce' in change ? '' : await this.nonce(),
      url,
      ...(this.kid ? { kid: this.kid } : { jwk: signer.jwk }),
      ...change,
    }
    const text = payload === undefined ? '' : typeof payload === 'string' ? payload : JSON.stringify(payload)
    const jws = await new FlattenedSign(Buffer.from(text)).setProtectedHeader(header).sign(signer.privateKey)
    return jws as Flattened
  }

  send(url: string, jws: unknown, headers: Record<string, string> = {}): Promise<AcmeReply> {
    return this.request('POST', url, {
      body: typeof jws === 'string' ? jws : JSON.stringify(jws),
      headers: { 'content-type': 'application/jose+json', ...headers },
    })
  }

  async post(url: string, payload?: unknown, change?: HeaderChange): Promise<AcmeReply> {
    return this.send(url, await this.sign(url, payload, change))
  }

  async binding(
    { kid, hmacKey }: Eab,
    change: HeaderChange = {},
    jwk: unknown = this.signer.jwk,
  ): Promise<Flattened> {
    const payload = typeof jwk === 'string' ? jwk : JSON.stringify(jwk)
    const jws = await new FlattenedSign(Buffer.from(payload))
      .setProtectedHeader({ alg: 'HS256', kid, url: this.url('new-account'), ...change })
      .sign(Buffer.from(hmacKey, 'base64url'))
    return jws as Flattened
  }

  async register(eab: Eab, more: Record<string, unknown> = {}): Promise<AcmeReply> {
    const reply = await this.post(this.url('new-account'), {
      externalAccountBinding: await this.binding(eab),
      ...more,
    })
    if (reply.status < 300) this.kid = reply.headers.get('location') ?? undefined
    return reply
  }

  order(names: readonly string[], more: Record<string, unknown> = {}): Promise<AcmeReply> {
    return this.post(this.url('new-order'), {
      identifiers: names.map((value) => ({ type: 'dns', value })),
      ...more,
    })
  }

  async close(): Promise<void> {
    await this.#agent.close()
  }
}
