/**
 * An ACME client for tests: signs by jose, sends over real TLS, and can be told to do each step wrong.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type CryptoKey, exportJWK, FlattenedSign, generateKeyPair, type JWK } from 'jose'
import { Agent, fetch, type Response } from 'undici'
import type { TestGateway } from './gateway.js'

export interface AcmeReply {
  status: number
  headers: Headers
  text: string
  /** Parsed body where it is JSON. */
  body: Record<string, unknown>
}

export interface Signer {
  alg: string
  privateKey: CryptoKey
  jwk: JWK
}

export async function makeSigner(alg = 'ES256'): Promise<Signer> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
  return { alg, privateKey, jwk: await exportJWK(publicKey) }
}

export interface Eab {
  kid: string
  hmacKey: string
}

export const sampleEab = (gateway: TestGateway): Eab =>
  JSON.parse(readFileSync(join(gateway.directory, 'eab.json'), 'utf8')) as Eab

/** Changes of the protected header; a member set to undefined is left out. */
export type HeaderChange = Record<string, unknown>

export interface Flattened {
  protected: string
  payload: string
  signature: string
}

export const toBase64url = (text: string): string => Buffer.from(text).toString('base64url')

async function readReply(response: Response): Promise<AcmeReply> {
  const text = await response.text()
  const isJson = /json/.test(response.headers.get('content-type') ?? '')
  return {
    status: response.status,
    headers: response.headers as unknown as Headers,
    text,
    body: isJson && text ? (JSON.parse(text) as Record<string, unknown>) : {},
  }
}

export class AcmeClient {
  kid: string | undefined
  readonly #agent: Agent

  constructor(
    readonly gateway: TestGateway,
    readonly signer: Signer,
  ) {
    this.#agent = new Agent({ connect: { ca: readFileSync(join(gateway.directory, 'ca.pem')) } })
  }

  static async open(gateway: TestGateway, alg?: string): Promise<AcmeClient> {
    return new AcmeClient(gateway, await makeSigner(alg))
  }

  /** A client whose account carries the approval of the sample organisation. */
  static async registered(gateway: TestGateway): Promise<AcmeClient> {
    const client = await AcmeClient.open(gateway)
    await client.register(sampleEab(gateway))
    return client
  }

  url = (path: string): string => `${this.gateway.url}/acme/${path}`

  async request(
    method: string,
    url: string,
    options: { body?: string; headers?: Record<string, string> } = {},
  ): Promise<AcmeReply> {
    return readReply(await fetch(url, { method, dispatcher: this.#agent, ...options }))
  }

  async nonce(): Promise<string> {
    const { headers } = await this.request('HEAD', this.url('new-nonce'))
    return headers.get('replay-nonce') ?? ''
  }

  /** `payload` undefined: POST-as-GET; text: sent as it is. */
  async sign(url: string, payload: unknown, change: HeaderChange = {}, signer = this.signer): Promise<Flattened> {
    const header = {
      alg: signer.alg,
      nonce: 'nonce' in change ? '' : await this.nonce(),
      url,
      ...(this.kid ? { kid: this.kid } : { jwk: signer.jwk }),
      ...change,
    }
    const text = payload === undefined ? '' : typeof payload === 'string' ? payload : JSON.stringify(payload)
    const jws = await new FlattenedSign(Buffer.from(text))
      .setProtectedHeader(header as { alg: string })
      .sign(signer.privateKey)
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

  async binding({ kid, hmacKey }: Eab, change: HeaderChange = {}, jwk: unknown = this.signer.jwk): Promise<Flattened> {
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
