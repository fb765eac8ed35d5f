/** /v1/overview: today, on one page. */
import { Router } from 'express'
import type { Environment } from '../issuance/ports/environment.js'
import {
  countExpiring,
  countLapsing,
  countLiveBatches,
  countRecent,
  countUnderWay,
  RECENT_DAYS,
} from '../store/overview.js'
import { callerOf, needScope } from './authenticate.js'

interface Count {
  state: string
  count: number
  oldest: Date
}

const represent = ({ state, count, oldest }: Count) => ({ state, count, oldestAt: oldest.toISOString() })

export function makeOverview(env: Environment): Router {
  const router = Router()
  router.get('/', needScope('applications:read'), async (request, response) => {
    const { organisation, department } = callerOf(request)
    const scope = { organisation, within: department?.names, now: env.now() }
    const [underWay, recent, batches, expiring, lapsing] = await Promise.all([
      countUnderWay(env.db, scope),
      countRecent(env.db, scope),
      countLiveBatches(env.db, organisation),
      countExpiring(env.db, scope),
      countLapsing(env.db, scope),
    ])
    response.json({
      applications: underWay.map(represent),
      recent: { days: RECENT_DAYS, applications: recent.map(({ state, count }) => ({ state, count })) },
      batches: department ? [] : batches.map(represent),
      expiringCertificates: expiring,
      lapsingApprovals: { withinDays: RECENT_DAYS, count: lapsing },
    })
  })
  return router
}
