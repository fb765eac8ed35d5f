/** A lean ACME client for load: keeps its connection, takes the nonce of the last answer, signs with node:crypto. */
import { createHmac, generateKeyPairSync, sign } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Pool } from 'undici'
import type { TestSystem } from '../support/system.js'

interface Reply {
  location: string
  retryAfterSeconds: number
  text: string
  body: { status?: string; finalize?: string; certificate?: string }
}

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

export class LoadClient {
  readonly #keys = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  readonly #pool: Pool
  #nonce = ''
  #kid: string | undefined

  constructor(private readonly system: TestSystem) {
    const ca = readFileSync(join(system.directory, 'ca.pem'))
    this.#pool = new Pool(system.url, { connections: 1, connect: { ca } })
  }

  get #jwk() {
    const { kty, crv, x, y } = this.#keys.publicKey.export({ format: 'jwk' })
    return { kty, crv, x, y }
  }

  #url = (path: string) => `${this.system.url}/acme/${path}`

  async #post(url: string, payload?: unknown): Promise<Reply> {
    const header = {
      alg: 'ES256',
      nonce: this.#nonce,
      url,
      ...(this.#kid ? { kid: this.#kid } : { jwk: this.#jwk }),
    }
    const input = `${encode(header)}.${payload === undefined ? '' : encode(payload)}`
    const key = { key: this.#keys.privateKey, dsaEncoding: 'ieee-p1363' } as const
    const [protectedHeader, body] = input.split('.')
    const signature = sign('sha256', Buffer.from(input), key).toString('base64url')
    const answer = await this.#pool.request({
      method: 'POST',
      path: new URL(url).pathname,
      headers: { 'content-type': 'application/jose+json' },
      body: JSON.stringify({ protected: protectedHeader, payload: body, signature }),
    })
    const { headers } = answer
    const text = await answer.body.text()
    this.#nonce = String(headers['replay-nonce'])
    if (answer.statusCode >= 400) throw new Error(text)
    const isJson = String(headers['content-type']).includes('json')
    return {
      location: String(headers.location),
      retryAfterSeconds: Number(headers['retry-after'] ?? 0),
      text,
      body: isJson ? (JSON.parse(text) as Reply['body']) : {},
    }
  }

  async register(): Promise<void> {
    const { headers } = await this.#pool.request({ method: 'HEAD', path: '/acme/new-nonce' })
    this.#nonce = String(headers['replay-nonce'])
    const eab = JSON.parse(readFileSync(join(this.system.directory, 'eab.json'), 'utf8')) as {
      kid: string
      hmacKey: string
    }
    const input = `${encode({ alg: 'HS256', kid: eab.kid, url: this.#url('new-account') })}.${encode(this.#jwk)}`
    const [protectedHeader, payload] = input.split('.')
    const signature = createHmac('sha256', Buffer.from(eab.hmacKey, 'base64url'))
      .update(input)
      .digest('base64url')
    const externalAccountBinding = { protected: protectedHeader, payload, signature }
    const { location } = await this.#post(this.#url('new-account'), {
      externalAccountBinding,
      termsOfServiceAgreed: true,
    })
    this.#kid = location
  }

  /** newOrder to downloaded certificate. */
  async issue(name: string, csr: Buffer): Promise<string> {
    const order = await this.#post(this.#url('new-order'), { identifiers: [{ type: 'dns', value: name }] })
    let state = await this.#post(order.body.finalize!, { csr: csr.toString('base64url') })
    while (state.body.status !== 'valid') {
      if (state.body.status !== 'processing') throw new Error(state.text)
      await new Promise((resolve) => setTimeout(resolve, 100))
      state = await this.#post(order.location)
    }
    return (await this.#post(state.body.certificate!)).text
  }

  close = () => this.#pool.close()
}
