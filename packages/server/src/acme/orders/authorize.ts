/** Authorizations for the names of an order (RFC 8555 §7.1.4), by the policy of the organisation. */
import { randomBytes } from 'node:crypto'
import type { OrganisationConfig } from '../../config.js'
import { isLive } from '../../policy/approval.js'
import { ProblemError } from '../../problem/problem-error.js'
import { findAccount } from '../../store/acme-accounts.js'
import { grantAuthorizations } from '../../store/acme-authorizations.js'
import { wantAuthorizations } from '../../store/acme-challenges.js'
import { findApproval } from '../../store/approvals.js'
import type { Transaction } from '../../store/database.js'
import type { ApprovalRow } from '../../store/tables.js'
import type { AcmeEnvironment } from '../environment.js'

/** The approval that the account's EAB credential carried. @throws ProblemError unauthorized when it holds no more */
export async function approvalOf(
  acme: AcmeEnvironment,
  trx: Transaction,
  accountId: string,
): Promise<ApprovalRow> {
  const account = await findAccount(trx, accountId)
  const approval = account?.approval_id ? await findApproval(trx, account.approval_id) : undefined
  if (approval && isLive(approval, acme.env.now())) return approval
  throw new ProblemError(
    'unauthorized',
    'The approval behind this account has ended; ask the registration authority operator for a new one',
    { ja: 'このアカウントの承認は終了しています。登録担当者に新しい承認を依頼してください。' },
  )
}

export interface ToAuthorize {
  accountId: string
  organisation: OrganisationConfig
  approval: ApprovalRow
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
): Promise<{ id: string; isValid: boolean }[]> {
  const now = acme.env.now()
  const lasts = new Date(now.getTime() + lifetimeMs)
  const until = approval.valid_until
  const expiresAt = until && until < lasts ? until : lasts
  if (organisation.authorization === 'challenge')
    return wantAuthorizations(trx, { accountId, names, now, expiresAt, makeToken })
  const ids = await grantAuthorizations(trx, { accountId, names, basis: 'approval', now, expiresAt })
  return ids.map((id) => ({ id, isValid: true }))
}
