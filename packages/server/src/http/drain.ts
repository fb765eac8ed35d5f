/**
 * The end of a process that answers requests: readiness goes first, so that a load balancer sends no more; then nobody
 * keeps a connection; then no new one is taken, and what runs is answered. Source: docs/operations.md, "Processes".
 */
import type { RequestHandler } from 'express'
import type { Server } from 'node:https'
import { setTimeout as pause } from 'node:timers/promises'

// A connection that became idle after its last answer would keep the server for as long as its client likes.
const LOOK_FOR_IDLE_MS = 100

export class Drain {
  #isOver = false

  /** @param seconds from the end of readiness until no connection is taken any more */
  constructor(private readonly seconds: number) {}

  get isOver(): boolean {
    return this.#isOver
  }

  /** Tells clients to take another connection for their next request. */
  readonly tell: RequestHandler = (_request, response, next) => {
    if (this.#isOver) response.set('Connection', 'close')
    next()
  }

  async begin(): Promise<void> {
    this.#isOver = true
    await pause(this.seconds * 1000)
  }

  /** Takes no new connection; resolves when every request is answered. */
  async stopListening(server: Server): Promise<void> {
    const idle = setInterval(() => server.closeIdleConnections(), LOOK_FOR_IDLE_MS)
    await new Promise((resolve) => server.close(resolve))
    clearInterval(idle)
  }
}
