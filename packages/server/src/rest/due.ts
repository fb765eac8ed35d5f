/** /v1/due: what somebody should act on: certificates that end soon, and replaced ones that nobody has confirmed. */
import { Router } from 'express'
import type { Environment } from '../issuance/ports/environment.js'
import { CONFIRM_WITHIN_DAYS } from '../notify/watch.js'
import { listExpiring, listUnconfirmed } from '../store/inventory.js'
import { thresholds } from '../store/watch.js'
import { callerOf, needScope } from './authenticate.js'
import { readPage } from './page.js'
import { representSummary } from './represent.js'

const DAY_MS = 86_400_000

const WATCHED_DAYS = 30

const daysLeft = (end: Date, now: Date): number => (end.getTime() - now.getTime()) / DAY_MS

export function makeDue(env: Environment): Router {
  const router = Router()
  router.get('/', needScope('certificates:read'), async (request, response) => {
    const now = env.now()
    const { limit } = readPage(request)
    const { organisation, department } = callerOf(request)
    const filter = { organisation, within: department?.names, now, limit }
    const since = new Date(now.getTime() - CONFIRM_WITHIN_DAYS * DAY_MS)
    const [expiring, unconfirmed] = await Promise.all([
      listExpiring(env.db, { ...filter, days: WATCHED_DAYS }),
      listUnconfirmed(env.db, { ...filter, since }),
    ])
    response.json({
      expiring: expiring.map((row) => ({
        withinDays: thresholds.find((days) => daysLeft(row.not_after, now) <= days) ?? WATCHED_DAYS,
        certificate: representSummary(row),
      })),
      unconfirmed: unconfirmed.map(representSummary),
    })
  })
  return router
}
