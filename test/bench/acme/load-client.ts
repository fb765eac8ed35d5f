/**
 * A lean ACME client for load, of any ACME server: keeps its one connection, takes the nonce of the last
 * answer, and asks no more often than it must.
 */
import { Pool } from 'undici'
import { AccountSigner, type EabCredential } from './account-signer.js'

/** An ACME server under test. */
export interface Target {
  directoryUrl: string
  /** What its TLS is trusted by. */
  ca: string
  eab?: EabCredential
}

export type Step = 'newOrder' | 'authorization' | 'challenge' | 'finalize' | 'poll' | 'certificate'

interface Reply {
  location: string
  text: string
  body: {
    status?: string
    finalize?: string
    certificate?: string
    authorizations?: string[]
    challenges?: { type: string; url: string }[]
  }
}

type Directory = Record<'newNonce' | 'newAccount' | 'newOrder', string>

// The first polls come quickly, since nothing here takes long; a server that is slow is not asked in vain.
const FIRST_POLL_MS = 15
const LONGEST_POLL_MS = 1000
/** Pebble 2.4 now and then never answers about an order that was asked for often; its client then gives up. */
const TIMEOUT_MS = 30_000

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

export class LoadClient {
  readonly #account = new AccountSigner()
  readonly #pool: Pool
  #directory: Directory = { newNonce: '', newAccount: '', newOrder: '' }
  #nonce = ''

  /** @param onRequest hears how long each signed request of an issuance took */
  constructor(
    private readonly target: Target,
    private readonly onRequest: (step: Step, ms: number) => void = () => undefined,
  ) {
    const { origin } = new URL(target.directoryUrl)
    this.#pool = new Pool(origin, {
      connections: 1,
      connect: { ca: target.ca },
      headersTimeout: TIMEOUT_MS,
      bodyTimeout: TIMEOUT_MS,
    })
  }

  async #post(url: string, payload?: unknown): Promise<Reply> {
    const { statusCode, headers, body } = await this.#pool.request({
      method: 'POST',
      path: new URL(url).pathname,
      headers: { 'content-type': 'application/jose+json' },
      body: JSON.stringify(this.#account.sign(url, this.#nonce, payload)),
    })
    const text = await body.text()
    this.#nonce = String(headers['replay-nonce'])
    if (statusCode >= 400) throw new Error(`${url} answered ${statusCode}: ${text}`)
    const isJson = String(headers['content-type']).includes('json')
    return {
      location: String(headers.location),
      text,
      body: isJson ? (JSON.parse(text) as Reply['body']) : {},
    }
  }

  async #timed(step: Step, url: string, payload?: unknown): Promise<Reply> {
    const begin = performance.now()
    const reply = await this.#post(url, payload)
    this.onRequest(step, performance.now() - begin)
    return reply
  }

  async register(): Promise<void> {
    const { body } = await this.#pool.request({
      method: 'GET',
      path: new URL(this.target.directoryUrl).pathname,
    })
    this.#directory = (await body.json()) as Directory
    const { newNonce, newAccount } = this.#directory
    const { headers } = await this.#pool.request({ method: 'HEAD', path: new URL(newNonce).pathname })
    this.#nonce = String(headers['replay-nonce'])
    const { eab } = this.target
    const { location } = await this.#post(newAccount, {
      termsOfServiceAgreed: true,
      ...(eab ? { externalAccountBinding: this.#account.bind(eab, newAccount) } : {}),
    })
    this.#account.kid = location
  }

  /** Asks until the status is no longer one of `waiting`. */
  async #wait(step: Step, url: string, waiting: readonly string[], last?: Reply): Promise<Reply> {
    let reply = last
    for (let ms = FIRST_POLL_MS; !reply || waiting.includes(reply.body.status ?? ''); ms *= 1.4) {
      await pause(Math.min(ms, LONGEST_POLL_MS))
      reply = await this.#timed(step, url)
    }
    return reply
  }

  async #authorize(url: string): Promise<void> {
    const { body } = await this.#timed('authorization', url)
    if (body.status !== 'pending') return
    const challenge = body.challenges?.find(({ type }) => type === 'http-01')
    if (!challenge) throw new Error(`${url} has no http-01 challenge`)
    await this.#timed('challenge', challenge.url, {})
    await this.#wait('authorization', url, ['pending'])
  }

  /** @returns the order, finalized and not looked at since, and its URL */
  async order(name: string, csr: Buffer): Promise<Reply> {
    const identifiers = [{ type: 'dns', value: name }]
    const made = await this.#timed('newOrder', this.#directory.newOrder, { identifiers })
    if (made.body.status === 'pending')
      for (const url of made.body.authorizations ?? []) await this.#authorize(url)
    const finalized = await this.#timed('finalize', made.body.finalize!, { csr: csr.toString('base64url') })
    return { ...finalized, location: made.location }
  }

  /** newOrder to downloaded certificate. */
  async issue(name: string, csr: Buffer): Promise<string> {
    const finalized = await this.order(name, csr)
    const order = await this.#wait('poll', finalized.location, ['ready', 'processing'], finalized)
    if (order.body.status !== 'valid') throw new Error(order.text)
    return (await this.#timed('certificate', order.body.certificate!)).text
  }

  /** One look at an order. */
  async poll(url: string): Promise<void> {
    await this.#timed('poll', url)
  }

  destroy = () => this.#pool.destroy()
}
