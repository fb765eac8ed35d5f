/** Authorizations for the names of an order (RFC 8555 §7.1.4), by the policy of the organisation. */
import { randomBytes } from 'node:crypto'
import type { OrganisationConfig } from '../../config.js'
import { grantAuthorizations, type Terms } from '../../store/acme-authorizations.js'
import { type Live, wantAuthorizations } from '../../store/acme-challenges.js'
import type { OrderAuthorizations } from '../../store/acme-orders.js'
import type { Transaction } from '../../store/database.js'
import type { ApprovalRow } from '../../store/tables.js'
import type { AcmeEnvironment } from '../environment.js'

export interface ToAuthorize {
  accountId: string
  organisation: OrganisationConfig
  /** Absent: an operator will look at the application. */
  approval?: ApprovalRow
  names: readonly string[]
  lifetimeMs: number
}

// RFC 8555 §8.1: at least 128 bits.
const makeToken = (): string => randomBytes(32).toString('base64url')

/** In the order of the names: valid at once, or pending until a challenge is met. */
export async function authorize(
  acme: AcmeEnvironment,
  trx: Transaction,
  { accountId, organisation, approval, names, lifetimeMs }: ToAuthorize,
): Promise<Live[]> {
  const now = acme.env.now()
  const terms = termsOf(now, { approval, lifetimeMs })
  if (organisation.authorization === 'challenge')
    return wantAuthorizations(trx, { accountId, names, now, expiresAt: terms.expiresAt, makeToken })
  const ids = await grantAuthorizations(trx, { accountId, names, now, ...terms })
  return ids.map((id) => ({ id, isValid: true, expiresAt: terms.expiresAt }))
}

function termsOf(now: Date, { approval, lifetimeMs }: Pick<ToAuthorize, 'approval' | 'lifetimeMs'>): Terms {
  const lasts = new Date(now.getTime() + lifetimeMs)
  const until = approval?.valid_until
  const expiresAt = until && until < lasts ? until : lasts
  return { basis: approval ? 'approval' : 'application', expiresAt }
}

/** As `authorize`; those that are valid at once are granted by the statement that makes the order. */
export async function authorizeOrder(
  acme: AcmeEnvironment,
  trx: Transaction,
  wanted: ToAuthorize,
): Promise<OrderAuthorizations> {
  if (wanted.organisation.authorization !== 'challenge') return termsOf(acme.env.now(), wanted)
  const authorizations = await authorize(acme, trx, wanted)
  const ends = authorizations.map(({ expiresAt }) => expiresAt.getTime())
  return {
    ids: authorizations.map(({ id }) => id),
    stage: authorizations.every(({ isValid }) => isValid) ? 'ready' : 'pending',
    expiresAt: new Date(Math.min(acme.env.now().getTime() + wanted.lifetimeMs, ...ends)),
  }
}
