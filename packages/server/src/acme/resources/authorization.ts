/** Authorization (RFC 8555 §7.5): read by its account. */
import { findAuthorization } from '../../store/acme-authorizations.js'
import type { AuthorizationRow } from '../../store/acme-tables.js'
import type { Answer } from '../answer.js'
import type { AcmeEnvironment } from '../environment.js'
import { notYours } from '../not-yours.js'
import type { AccountCall } from '../serve.js'

const statusOf = ({ status, expires_at: expiresAt }: AuthorizationRow, now: Date): string =>
  (status === 'valid' || status === 'pending') && expiresAt <= now ? 'expired' : status

/** A name that the approval covers was proven to an operator, so no challenge stands in it. */
const representAuthorization = (row: AuthorizationRow, now: Date): Record<string, unknown> => ({
  identifier: { type: 'dns', value: row.name },
  status: statusOf(row, now),
  expires: row.expires_at.toISOString(),
  challenges: [],
})

export async function authorization(acme: AcmeEnvironment, call: AccountCall): Promise<Answer> {
  const row = await findAuthorization(acme.env.db, call.accountId, call.http.params.id ?? '')
  if (!row) throw notYours('authorization')
  return { body: representAuthorization(row, acme.env.now()) }
}
