/** /v1/organisations: what the configuration says of the caller's organisation. Nothing of it is secret. */
import { Router } from 'express'
import type { Environment } from '../issuance/ports/environment.js'
import { callerOf } from './authenticate.js'

export function makeOrganisations(env: Environment): Router {
  const router = Router()
  router.get('/', (request, response) => {
    const own = env.config.organisations.filter(({ id }) => id === callerOf(request).organisation)
    response.json({
      organisations: own.map((each) => ({
        id: each.id,
        organizationName: each.organizationName,
        locality: each.locality,
        stateOrProvince: each.stateOrProvince,
        country: each.country,
        domains: each.domains,
        profiles: each.profiles,
        authorization: each.authorization,
        approval: each.approval,
        approvers: each.approvers,
        approvalDays: each.approvalDays,
        issuanceSystem: each.issuanceSystem,
      })),
    })
  })
  return router
}
