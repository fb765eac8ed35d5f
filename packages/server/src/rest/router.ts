/** The REST face under /v1: token first, then body, contract, and one router per resource. */
import { Router } from 'express'
import type { Environment } from '../issuance/ports/environment.js'
import type { Hub } from '../notify/hub.js'
import { makeAcmeAccounts } from './acme-accounts.js'
import { makeApplications } from './applications.js'
import { makeApprovals } from './approvals.js'
import { makeAudit } from './audit.js'
import { authenticate, type Doors, type SessionReader } from './authenticate.js'
import { makeBatches } from './batches.js'
import { makeCertificates } from './certificates.js'
import { makeDecisions } from './decisions.js'
import { makeDepartments } from './departments.js'
import { makeMe } from './me.js'
import { makeOperators } from './operators.js'
import { makeOrganisations } from './organisations.js'
import { makeOverview } from './overview.js'
import { checkRowsFirst, loadContract, validateContract } from './contract.js'
import { makeConversions } from './conversions.js'
import { makeDue } from './due.js'
import { makeEvents } from './events.js'
import { makeIssuers } from './issuers.js'
import { makeIncidents } from './incidents.js'
import { makeInspections } from './inspections.js'
import { readOtherFormats } from './other-formats.js'
import { makeRequester } from './requester.js'
import { makeReissues } from './reissues.js'
import { readJson } from './read-json.js'
import { readOutcomePages } from './read-page.js'
import { makeReports } from './reports.js'
import { makeStatistics } from './statistics.js'
import { makeSubscribers } from './subscribers.js'
import { makeTokens } from './tokens.js'
import { makeWebhooks } from './webhooks.js'
import { makeEabLinks, makeUpstreamEab } from './upstream-eab.js'
import { makeValidations } from './validations.js'
import { makeEabCredentials } from './eab-credentials.js'

// 10,000 rows with an RSA CSR of about 1 kB and their other fields.
const MAX_BODY = '20mb'

/** @param session lets the console in without a token */
export function makeRest(env: Environment, hub: Hub, session?: SessionReader): Router {
  const router = Router()
  const contract = loadContract()
  router.get('/openapi.json', (_request, response) => void response.json(contract))
  const doors: Doors = { db: env.db, now: env.now, session }
  router.use('/eab-links', makeEabLinks(env))
  router.use(authenticate(doors))
  // These read their body as it comes, whatever its size.
  router.use('/validations', makeValidations(env))
  router.use('/conversions', makeConversions())
  router.use('/reports', makeReports(env))
  router.use('/batches', readOutcomePages())
  router.use(...readJson(MAX_BODY))
  router.use(readOtherFormats)
  router.use(checkRowsFirst)
  router.use(...validateContract(contract, env))
  router.use(
    '/applications',
    makeDecisions(env),
    makeApplications(env),
    makeRequester(env),
    makeUpstreamEab(env),
  )
  router.use('/approvals', makeApprovals(env))
  router.use('/audit', makeAudit(env))
  router.use('/batches', makeBatches(env))
  router.use('/certificates', makeCertificates(env))
  router.use('/due', makeDue(env))
  router.use('/events', makeEvents(env, hub, doors))
  router.use('/incidents', makeIncidents(env))
  router.use('/issuers', makeIssuers(env))
  router.use('/me', makeMe(env))
  router.use('/operators', makeOperators(env))
  router.use('/tokens', makeTokens(env))
  router.use('/overview', makeOverview(env))
  router.use('/statistics', makeStatistics(env))
  router.use('/organisations', makeOrganisations(env))
  router.use('/departments', makeDepartments(env))
  router.use('/subscribers', makeSubscribers(env))
  router.use('/acme-accounts', makeAcmeAccounts(env))
  router.use('/inspections', makeInspections())
  router.use('/eab-credentials', makeEabCredentials(env))
  router.use('/reissues', makeReissues(env))
  router.use('/webhooks', makeWebhooks(env))
  return router
}
