/**
 * What is new, for all who listen in this process: one look into the store for all of them together.
 *
 * Looks only while somebody listens, and publishes on the way, so that listeners wait for no other process.
 */
import type { Environment } from '../issuance/ports/environment.js'
import type { EventRow } from '../store/event-tables.js'
import { findHeadOfEvents, listEvents } from '../store/events.js'
import { publishEvents, type Publisher } from './publish.js'

const EVERY_MS = 500
const AT_ONCE = 1_000

/** Events after the position `from` up to `to`, none left out. */
export interface Fresh {
  from: string
  to: string
  events: readonly EventRow[]
}

export interface Listener {
  /** From this position on it hears of everything. */
  begin(from: string): void
  hear(fresh: Fresh): void
  /** The hub closes: the process ends. */
  end(): void
}

export class Hub {
  readonly #listeners = new Set<Listener>()
  #top = '0'
  #timer: NodeJS.Timeout | undefined
  #looking: Promise<void> | undefined
  #isClosed = false

  constructor(private readonly env: Publisher & Pick<Environment, 'log'>) {}

  get size(): number {
    return this.#listeners.size
  }

  /** @returns what ends it */
  async listen(listener: Listener): Promise<() => void> {
    if (this.#listeners.size === 0) this.#top = (await findHeadOfEvents(this.env.db)).top
    if (this.#isClosed) listener.end()
    else {
      this.#listeners.add(listener)
      this.#timer ??= setInterval(() => this.#look(), EVERY_MS)
      listener.begin(this.#top)
    }
    return () => this.#leave(listener)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    for (const listener of this.#listeners) listener.end()
    this.#rest()
    await this.#looking
  }

  #leave(listener: Listener): void {
    this.#listeners.delete(listener)
    if (this.#listeners.size === 0) this.#rest()
  }

  #rest(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  #look(): void {
    this.#looking ??= this.#tellAll()
      .catch((error: unknown) =>
        this.env.log.warn({ err: error }, 'events could not be read; will try again'),
      )
      .finally(() => (this.#looking = undefined))
  }

  async #tellAll(): Promise<void> {
    await publishEvents(this.env)
    for (let isMore = true; isMore && this.#timer;) {
      const from = this.#top
      const events = await listEvents(this.env.db, { after: from, limit: AT_ONCE })
      const to = events.at(-1)?.position
      if (to === undefined) return
      this.#top = to
      for (const listener of this.#listeners) listener.hear({ from, to, events })
      isMore = events.length === AT_ONCE
    }
  }
}
