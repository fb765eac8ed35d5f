/** Liveness, readiness and metrics: open to anyone, so they name parts and numbers only. */
import { Router } from 'express'
import type { Logger } from 'pino'
import type { Metrics } from './metrics.js'

/** What readiness asks; each resolves when its part answers. */
export type Checks = Record<'store' | 'queue' | 'upstream', () => Promise<unknown>>

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

export function makeHealth(checks: Checks, { registry }: Metrics, log: Logger): Router {
  const router = Router()
  router.get('/healthz', (_request, response) => void response.json({ status: 'alive' }))
  router.get('/readyz', async (_request, response) => {
    const results = await outcomes(checks, log)
    const ready = Object.values(results).every((outcome) => outcome === 'ok')
    response.status(ready ? 200 : 503).json({ status: ready ? 'ready' : 'not ready', checks: results })
  })
  router.get('/metrics', async (_request, response) => {
    response.type(registry.contentType).send(await registry.metrics())
  })
  return router
}
