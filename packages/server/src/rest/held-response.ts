/**
 * An answer that is written as it is made, yet can still become a problem while little of it is: the first
 * part is held back. After that a failure cuts the connection, which the caller sees as an answer that is not whole.
 */
import { once } from 'node:events'
import type { Response } from 'express'

/** Bytes held back. */
const heldBytes = 1_000_000

export class HeldResponse {
  #held: Uint8Array[] = []
  #length = 0
  #started = false

  /** @param headers set when the first bytes go out */
  constructor(
    readonly response: Response,
    readonly headers: () => Record<string, string>,
  ) {}

  async write(content: string | Uint8Array): Promise<void> {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content
    if (this.#started) return this.#send(bytes)
    this.#held.push(bytes)
    this.#length += bytes.length
    if (this.#length > heldBytes) await this.#start()
  }

  async end(): Promise<void> {
    if (!this.#started) await this.#start()
    this.response.end()
  }

  /** Passes the failure on while a problem can still be answered. */
  fail(error: unknown): void {
    if (!this.#started) throw error
    this.response.destroy(error instanceof Error ? error : undefined)
  }

  async #start(): Promise<void> {
    this.#started = true
    this.response.status(200).set(this.headers())
    const held = Buffer.concat(this.#held.splice(0))
    await this.#send(held)
  }

  async #send(bytes: Uint8Array): Promise<void> {
    if (this.response.destroyed) throw new Error('The caller has gone')
    if (!this.response.write(bytes))
      await Promise.race([once(this.response, 'drain'), once(this.response, 'close')])
  }
}
