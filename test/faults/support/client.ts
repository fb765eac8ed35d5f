/** HTTPS to the API processes of a plant, in turn, as through a load balancer that knows nothing of what goes on. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { Agent, fetch, type RequestInit, type Response } from 'undici'
import type { Plant } from './plant.js'

/** A client gives up on an answer that long; whatever it asked may have happened. */
const PATIENCE_MS = 15_000

export class Client {
  readonly #dispatcher: Agent
  readonly #token: string
  #origins: string[]
  #turn = 0

  constructor(
    plant: Plant,
    apis: number,
    private readonly patienceMs = PATIENCE_MS,
  ) {
    this.#dispatcher = new Agent({ connect: { ca: readFileSync(join(plant.directory, 'ca.pem')) } })
    this.#token = readFileSync(join(plant.directory, 'operator.token'), 'utf8').trim()
    this.#origins = Array.from(
      { length: apis },
      (_, index) => `https://127.0.0.1:${plant.portTo('clients', `api-${index}`)}`,
    )
  }

  useOrigins(origins: string[]): void {
    this.#origins = origins
  }

  /** Of the API process whose turn it is. */
  nextOrigin(): string {
    return this.#origins[this.#turn++ % this.#origins.length]!
  }

  /** @throws when there is no answer in time */
  async fetch(url: string, init: RequestInit = {}): Promise<{ response: Response; text: string }> {
    const signal = AbortSignal.timeout(this.patienceMs)
    const response = await fetch(url, { ...init, dispatcher: this.#dispatcher, signal })
    return { response, text: await response.text() }
  }

  /** One try of a REST call. */
  call(path: string, init: RequestInit = {}): Promise<{ response: Response; text: string }> {
    const headers = { authorization: `Bearer ${this.#token}`, 'content-type': 'application/json' }
    return this.fetch(this.nextOrigin() + path, {
      ...init,
      headers: { ...headers, ...(init.headers as Record<string, string>) },
    })
  }

  /** Until there is an answer of the gateway: no answer, and 5xx, are tried again. */
  async callSurely(path: string, init: RequestInit = {}): Promise<{ response: Response; text: string }> {
    for (;;) {
      const answer = await this.call(path, init).catch(() => undefined)
      if (answer && answer.response.status < 500) return answer
      await pause(200)
    }
  }

  close = () => this.#dispatcher.destroy()
}
