/** An ACME client that takes no silence for an answer: whatever it asks is asked again until it is answered. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { AccountSigner, type EabCredential } from '../../bench/acme/account-signer.js'
import type { Client } from './client.js'
import { type Accepted, makeRequest } from './portal.js'

export const contact = 'mailto:himitsu.taro@example.ac.jp'

interface Answer {
  status: number
  location: string
  text: string
  body: { status?: string; type?: string; finalize?: string; certificate?: string }
}

interface Finalized extends Accepted {
  orderUrl: string
}

export class AcmeLoad {
  readonly #account = new AccountSigner()
  readonly #eab: EabCredential
  readonly #origin: string
  #nonce: string | undefined

  /** Keeps to one API process, as a client keeps to the host of its URLs. */
  constructor(
    private readonly client: Client,
    directory: string,
  ) {
    this.#eab = JSON.parse(readFileSync(join(directory, 'eab.json'), 'utf8')) as EabCredential
    this.#origin = client.nextOrigin()
  }

  async register(): Promise<void> {
    const url = `${this.#origin}/acme/new-account`
    const { location } = await this.#post(url, {
      termsOfServiceAgreed: true,
      contact: [contact],
      externalAccountBinding: this.#account.bind(this.#eab, url),
    })
    this.#account.kid = location
  }

  /** Orders until `isOver`; @returns the orders whose finalize was answered */
  async run(prefix: string, isOver: () => boolean): Promise<Finalized[]> {
    await this.register()
    const finalized: Finalized[] = []
    for (let round = 0; !isOver(); round++) {
      finalized.push(await this.#order(`${prefix}-${round}.example.ac.jp`))
      await pause(500)
    }
    return finalized
  }

  async #order(name: string): Promise<Finalized> {
    const { der, csrSha256 } = await makeRequest(name)
    const identifiers = [{ type: 'dns', value: name }]
    const made = await this.#post(`${this.#origin}/acme/new-order`, { identifiers })
    await this.#post(made.body.finalize!, { csr: Buffer.from(der).toString('base64url') })
    return { name, csrSha256, id: made.location, orderUrl: made.location }
  }

  /** @returns the chain, or undefined while there is none */
  async certificateOf({ orderUrl }: Finalized): Promise<string | undefined> {
    const { body, text } = await this.#post(orderUrl)
    if (body.status === 'invalid') throw new Error(`${orderUrl} ended: ${text}`)
    return body.certificate === undefined ? undefined : (await this.#post(body.certificate)).text
  }

  /** @throws on a refusal; asks again without an answer, on 5xx, and with a new nonce on badNonce (RFC 8555 §6.5) */
  async #post(url: string, payload?: unknown): Promise<Answer> {
    for (;;) {
      const answer = await this.#tryPost(url, payload).catch(() => undefined)
      if (answer && answer.status < 400) return answer
      const isToBeRepeated =
        !answer || answer.status >= 500 || answer.body.type === 'urn:ietf:params:acme:error:badNonce'
      if (!isToBeRepeated) throw new Error(`${url} answered ${answer.status}: ${answer.text}`)
      await pause(200)
    }
  }

  async #tryPost(url: string, payload?: unknown): Promise<Answer> {
    const nonce = this.#nonce ?? (await this.#newNonce())
    this.#nonce = undefined
    const { response, text } = await this.client.fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/jose+json' },
      body: JSON.stringify(this.#account.sign(url, nonce, payload)),
    })
    this.#nonce = response.headers.get('replay-nonce') ?? undefined
    const isJson = response.headers.get('content-type')?.includes('json') ?? false
    return {
      status: response.status,
      location: response.headers.get('location') ?? '',
      text,
      body: isJson ? (JSON.parse(text) as Answer['body']) : {},
    }
  }

  async #newNonce(): Promise<string> {
    const { response } = await this.client.fetch(`${this.#origin}/acme/new-nonce`, { method: 'HEAD' })
    const nonce = response.headers.get('replay-nonce')
    if (nonce === null) throw new Error('no nonce came')
    return nonce
  }
}
