/** Which statements each HTTP request to a gateway over PGlite makes; those of what runs beside it are left out. */
import { AsyncLocalStorage } from 'node:async_hooks'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { vi } from 'vitest'
import { PGlitePool } from '../store/pglite-pool.js'

export interface WatchedStatements {
  /** Texts of the statements of the last request, in order; parameters are not among them. */
  last(): string[]
  stop(): void
}

const CHANNEL = 'http.server.request.start'

/** Before the gateway is started. */
export function watchStatements(): WatchedStatements {
  const running = new AsyncLocalStorage<string[]>()
  let last: string[] = []
  const begin = () => {
    last = []
    running.enterWith(last)
  }
  subscribe(CHANNEL, begin)
  const run = Reflect.get(PGlitePool.prototype, 'run')
  const spy = vi.spyOn(PGlitePool.prototype, 'run').mockImplementation(function (
    this: PGlitePool,
    query,
    values,
  ) {
    running.getStore()?.push((typeof query === 'string' ? query : query.text).trim())
    return run.call(this, query, values)
  })
  return {
    last: () => last,
    stop: () => {
      unsubscribe(CHANNEL, begin)
      spy.mockRestore()
    },
  }
}
