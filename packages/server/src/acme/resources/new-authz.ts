/** newAuthz (RFC 8555 §7.4.1): a name is authorized before there is an order for it. */
import { z } from 'zod'
import { findAuthorization } from '../../store/acme-authorizations.js'
import type { Transaction } from '../../store/database.js'
import type { Answer } from '../answer.js'
import type { AcmeEnvironment } from '../environment.js'
import { authorize } from '../orders/authorize.js'
import { identifiers, readNames } from '../orders/identifiers.js'
import { standingFor } from '../orders/standing.js'
import { readPayload } from '../read-payload.js'
import type { AdmittedCall } from '../serve.js'
import { answerAuthorization } from './authorization.js'

const schema = z.object({ identifier: identifiers.element })
const LIFETIME_MS = 7 * 86_400_000

export async function newAuthz(acme: AcmeEnvironment, trx: Transaction, call: AdmittedCall): Promise<Answer> {
  const { accountId } = call
  const names = readNames([readPayload(schema, call.payload).identifier])
  const standing = await standingFor(acme, trx, call, names)
  const wanted = { ...standing, accountId, names, lifetimeMs: LIFETIME_MS }
  const [authorization] = await authorize(acme, trx, wanted)
  const row = authorization && (await findAuthorization(trx, accountId, authorization.id))
  if (!row) throw new Error('An authorization was made and is not there')
  return { ...(await answerAuthorization(acme, trx, call, row)), status: 201 }
}
