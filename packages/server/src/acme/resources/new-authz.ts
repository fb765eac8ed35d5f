/** newAuthz (RFC 8555 §7.4.1): a name is authorized before there is an order for it. */
import { z } from 'zod'
import { ProblemError } from '../../problem/problem-error.js'
import type { ProblemName } from '../../problem/problems.js'
import { findAuthorization } from '../../store/acme-authorizations.js'
import type { Transaction } from '../../store/database.js'
import type { Answer } from '../answer.js'
import type { AcmeEnvironment } from '../environment.js'
import { authorize } from '../orders/authorize.js'
import { identifiers, readNames } from '../orders/identifiers.js'
import { type Standing, standingFor } from '../orders/standing.js'
import { readPayload } from '../read-payload.js'
import type { AdmittedCall } from '../serve.js'
import { answerAuthorization } from './authorization.js'

const schema = z.object({ identifier: identifiers.element })
type Identifier = z.output<typeof schema>['identifier']
const LIFETIME_MS = 7 * 86_400_000

/** RFC 8555 §7.4.1: a name for which there will be no certificate is refused with 403. */
function forbidden(error: unknown): never {
  if (error instanceof ProblemError && refusals.includes(error.problem))
    throw new ProblemError(error.problem, error.detail, { ...error.options, status: 403 })
  throw error
}
const refusals: readonly ProblemName[] = ['rejectedIdentifier', 'unsupportedIdentifier']

async function standingOf(
  acme: AcmeEnvironment,
  trx: Transaction,
  call: AdmittedCall,
  identifier: Identifier,
): Promise<Standing & { names: string[] }> {
  const names = readNames([identifier])
  return { ...(await standingFor(acme, trx, call, names)), names }
}

export async function newAuthz(acme: AcmeEnvironment, trx: Transaction, call: AdmittedCall): Promise<Answer> {
  const { accountId } = call
  const { identifier } = readPayload(schema, call.payload)
  const standing = await standingOf(acme, trx, call, identifier).catch(forbidden)
  const wanted = { ...standing, accountId, lifetimeMs: LIFETIME_MS }
  const [authorization] = await authorize(acme, trx, wanted)
  const row = authorization && (await findAuthorization(trx, accountId, authorization.id))
  if (!row) throw new Error('An authorization was made and is not there')
  return { ...(await answerAuthorization(acme, trx, call, row)), status: 201 }
}
