/** Liveness, readiness and metrics: open to anyone, so they name parts and numbers only. */
import { Router } from 'express'
import type { Logger } from 'pino'
import type { Drain } from './drain.js'
import type { Metrics } from './metrics.js'

/** What readiness asks; each resolves when its part answers. */
export type Checks = Record<'store' | 'queue' | 'upstream', () => Promise<unknown>>

const TIMEOUT_MS = 10_000
// Readiness is public and asked often; the issuance system must not feel it.
const KEEP_MS = { store: 1_000, queue: 1_000, upstream: 15_000 }

/** Some parts wait for a connection without end. */
async function inTime(outcome: Promise<unknown>): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer in ${TIMEOUT_MS / 1000} s`)), TIMEOUT_MS)
  })
  return Promise.race([outcome, late]).finally(() => clearTimeout(timer))
}

/** Asks again only when the last answer is old enough; who comes meanwhile gets that one. */
function keepFor(ms: number, check: () => Promise<unknown>): () => Promise<unknown> {
  let last: { at: number; outcome: Promise<unknown> } | undefined
  return () => {
    if (!last || performance.now() - last.at > ms) last = { at: performance.now(), outcome: inTime(check()) }
    return last.outcome
  }
}

const keepAll = (checks: Checks): Checks => ({
  store: keepFor(KEEP_MS.store, checks.store),
  queue: keepFor(KEEP_MS.queue, checks.queue),
  upstream: keepFor(KEEP_MS.upstream, checks.upstream),
})

/** The answer is public, so it names the part that failed; why goes to the log. */
async function outcomes(checks: Checks, log: Logger): Promise<Record<string, 'ok' | 'failed'>> {
  const entries = Object.entries(checks).map(async ([name, check]) => {
    try {
      await check()
      return [name, 'ok'] as const
    } catch (error) {
      log.warn({ part: name, error: error instanceof Error ? error.message : String(error) }, 'not ready')
      return [name, 'failed'] as const
    }
  })
  return Object.fromEntries(await Promise.all(entries))
}

export function makeHealth(checks: Checks, { registry }: Metrics, log: Logger, drain: Drain): Router {
  const router = Router()
  router.use(drain.tell)
  const kept = keepAll(checks)
  router.get('/healthz', (_request, response) => void response.json({ status: 'alive' }))
  router.get('/readyz', async (_request, response) => {
    if (drain.isOver) return void response.status(503).json({ status: 'stopping' })
    const results = await outcomes(kept, log)
    const ready = Object.values(results).every((outcome) => outcome === 'ok')
    response.status(ready ? 200 : 503).json({ status: ready ? 'ready' : 'not ready', checks: results })
  })
  router.get('/metrics', async (_request, response) => {
    response.type(registry.contentType).send(await registry.metrics())
  })
  return router
}
