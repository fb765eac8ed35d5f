/** /v1/applications/{id}/requester: who asks, for an operator who has to decide. */
import { type Request, Router } from 'express'
import { accountOf } from '../issuance/approve-applicant.js'
import { namesOfApplication } from '../issuance/names-of-application.js'
import type { Environment } from '../issuance/ports/environment.js'
import { findAccount } from '../store/acme-accounts.js'
import type { AccountRow } from '../store/acme-tables.js'
import type { components } from './api-types.js'
import { findOwnApplication } from './application-filter.js'
import { needScope } from './authenticate.js'

type Requester = components['schemas']['Requester']

const representAccount = (row: AccountRow): NonNullable<Requester['account']> => ({
  id: row.id,
  status: row.status,
  contact: row.contact,
  keyThumbprint: row.thumbprint,
  eabKid: row.eab_kid,
  address: row.address,
  registeredAt: row.created_at.toISOString(),
})

async function find(env: Environment, request: Request): Promise<Requester> {
  const row = await findOwnApplication(env, request, String(request.params.id))
  const id = accountOf(row)
  const account = id === undefined ? undefined : await findAccount(env.db, id)
  return {
    actor: row.created_by,
    names: namesOfApplication(row),
    approvalId: row.approval_id,
    account: account ? representAccount(account) : null,
  }
}

export function makeRequester(env: Environment): Router {
  const router = Router()
  router.get('/:id/requester', needScope('applications:approve'), async (request, response) => {
    response.json(await find(env, request))
  })
  return router
}
