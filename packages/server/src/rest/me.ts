/** /v1/me: who calls, and what he may do. */
import { Router } from 'express'
import type { Environment } from '../issuance/ports/environment.js'
import { findOperator } from '../store/operators.js'
import { callerOf } from './authenticate.js'
import { representOperator } from './operators.js'

export function makeMe(env: Environment): Router {
  const router = Router()
  router.get('/', async (request, response) => {
    const { actor, organisation, scopes, operatorId, tokenId, department } = callerOf(request)
    const operator = operatorId === null ? undefined : await findOperator(env.db, operatorId)
    response.json({
      actor,
      organisation,
      scopes,
      token: tokenId,
      operator: operator ? representOperator(operator) : null,
      department,
    })
  })
  return router
}
