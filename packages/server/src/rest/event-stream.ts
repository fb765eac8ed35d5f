/**
 * Server-sent events (HTML Standard §9.2) of one listener.
 *
 * What was missed comes from the store, page by page as fast as it is read; then what the hub hears. Whoever does not
 * read is cut off and comes back with Last-Event-ID: nothing is kept for anybody in memory.
 */
import { once } from 'node:events'
import type { Response } from 'express'
import type { Environment } from '../issuance/ports/environment.js'
import type { Fresh, Hub, Listener } from '../notify/hub.js'
import { representEvent } from '../notify/represent-event.js'
import type { EventRow } from '../store/event-tables.js'
import { listEvents } from '../store/events.js'

const HEARTBEAT_MS = 15_000
const PAGE = 500
/** Bytes that may wait for a listener that does not read. */
const MOST_WAITING = 1_000_000
/** In which a listener that catches up has to read a page. */
const DRAIN_MS = 60_000
/** After which a listener that was cut off comes back. */
const RETRY_MS = 2_000

const headers = {
  'Content-Type': 'text/event-stream; charset=utf-8',
  'Cache-Control': 'no-store',
  // A proxy in front must not collect what is to be heard at once.
  'X-Accel-Buffering': 'no',
}

export interface StreamTerms {
  organisation: string
  /** Whether the caller may hear of it, and asked for it. */
  isWanted: (event: EventRow) => boolean
  /** Undefined: from now on. */
  after: string | undefined
  /** Whether the caller is still let in, and sees what he saw; asked with each heartbeat. */
  mayStay: () => Promise<boolean>
}

const isBefore = (a: string, b: string): boolean => BigInt(a) < BigInt(b)

class EventStream implements Listener {
  /** Everything up to here was sent. */
  #cursor = '0'
  /** Everything up to here is known to be there. */
  #target = '0'
  #isCatchingUp = false
  readonly #closed = new AbortController()

  constructor(
    private readonly env: Environment,
    private readonly response: Response,
    private readonly terms: StreamTerms,
  ) {}

  begin(from: string): void {
    this.response.writeHead(200, headers)
    this.#cursor = this.terms.after ?? from
    // An id without data is told to nobody, but sent back as Last-Event-ID.
    this.response.write(`retry: ${RETRY_MS}\nid: ${this.#cursor}\n\n`)
    this.#goTo(from)
  }

  hear({ from, to, events }: Fresh): void {
    if (this.#closed.signal.aborted || !isBefore(this.#cursor, to)) return
    if (this.#isCatchingUp || isBefore(this.#cursor, from)) return this.#goTo(to)
    this.#send(events.filter(({ organisation }) => organisation === this.terms.organisation))
    this.#cursor = to
    if (this.response.writableLength > MOST_WAITING) this.end()
  }

  async heartbeat(): Promise<void> {
    const mayStay = await this.terms.mayStay().catch(() => false)
    if (!mayStay || this.response.writableLength > MOST_WAITING) return this.end()
    if (!this.#closed.signal.aborted) this.response.write(': still here\n\n')
  }

  end(): void {
    this.#closed.abort()
    // What waits to be read may never be: the connection ends with it.
    const isStuck = !this.response.headersSent || this.response.writableLength > MOST_WAITING
    if (isStuck) this.response.destroy()
    else this.response.end()
  }

  #send(events: readonly EventRow[]): void {
    const wanted = events.filter((event) => this.terms.isWanted(event)).map(representEvent)
    if (wanted.length === 0) return
    this.response.write(wanted.map((event) => `id: ${event.id}\ndata: ${JSON.stringify(event)}\n\n`).join(''))
  }

  #goTo(target: string): void {
    this.#target = target
    if (!this.#isCatchingUp && isBefore(this.#cursor, target)) void this.#catchUp()
  }

  async #catchUp(): Promise<void> {
    this.#isCatchingUp = true
    try {
      while (!this.#closed.signal.aborted && isBefore(this.#cursor, this.#target)) await this.#sendPage()
    } catch (error) {
      // It comes back and goes on where it was.
      if (!this.#closed.signal.aborted) this.env.log.warn({ err: error }, 'a listener was left behind')
      this.end()
    } finally {
      this.#isCatchingUp = false
    }
  }

  async #sendPage(): Promise<void> {
    const target = this.#target
    const { organisation } = this.terms
    const events = await listEvents(this.env.db, { organisation, after: this.#cursor, limit: PAGE })
    if (this.#closed.signal.aborted) return
    this.#send(events)
    const last = events.at(-1)?.position ?? this.#cursor
    this.#cursor = events.length === PAGE || isBefore(target, last) ? last : target
    await this.#drain()
  }

  async #drain(): Promise<void> {
    if (!this.response.writableNeedDrain) return
    const signal = AbortSignal.any([this.#closed.signal, AbortSignal.timeout(DRAIN_MS)])
    await once(this.response, 'drain', { signal })
  }
}

/** Answers until the listener goes, is cut off, or the process ends. */
export async function streamEvents(
  env: Environment,
  hub: Hub,
  response: Response,
  terms: StreamTerms,
): Promise<void> {
  const stream = new EventStream(env, response, terms)
  const stop = await hub.listen(stream)
  const timer = setInterval(() => void stream.heartbeat(), HEARTBEAT_MS)
  const leave = () => {
    clearInterval(timer)
    stop()
    stream.end()
  }
  if (response.destroyed) leave()
  else response.on('close', leave)
}
