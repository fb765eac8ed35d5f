/**
 * Makes and revokes bearer tokens. Nobody makes one that may do more than he himself, in the session or with the
 * token that he comes with; only whoever administers makes one for somebody else.
 */
import { newId } from '../issuance/new-id.js'
import { ProblemError } from '../problem/problem-error.js'
import { appendAudit } from '../store/audit.js'
import type { Transaction } from '../store/database.js'
import { findOperator } from '../store/operators.js'
import type { TokenRow } from '../store/tables.js'
import { insertToken, makeToken, revokeToken } from '../store/tokens.js'
import type { Caller } from './caller.js'
import { EVERYTHING, type Role, scopesOf } from './scopes.js'

export interface TokenTerms {
  name: string
  /** Null: the caller himself. */
  operatorId: string | null
  scopes: readonly string[]
  expiresAt: Date
}

const refuse = (en: string, ja: string): never => {
  throw new ProblemError('notAllowed', en, { ja })
}

async function roleOfHolder(trx: Transaction, caller: Caller, id: string): Promise<Role> {
  const holder = await findOperator(trx, id)
  if (holder?.organisation !== caller.organisation || holder.disabled_at)
    return refuse(
      'There is no such operator who is enabled; tokens are made for operators of your organisation',
      'その登録担当者はいないか、無効化されています。自機関の登録担当者を指定してください。',
    )
  return holder.role
}

function checkScopes(caller: Caller, role: Role, wanted: readonly string[]): void {
  const meant = wanted.includes(EVERYTHING) ? scopesOf(role) : wanted
  const beyondRole = meant.filter((scope) => !(scopesOf(role) as readonly string[]).includes(scope))
  const beyondCaller = meant.filter((scope) => !caller.scopes.includes(scope))
  const lost = [...new Set([...beyondRole, ...beyondCaller])].join(', ')
  if (lost === '') return
  refuse(
    `Neither you nor the operator can give the scope ${lost}; leave it out`,
    `${lost} の権限は付与できません。除いてください。`,
  )
}

/** @returns the token, shown this once */
export async function makeTokenFor(
  trx: Transaction,
  caller: Caller,
  terms: TokenTerms,
  now: Date,
): Promise<{ id: string; value: string }> {
  const operatorId = terms.operatorId ?? caller.operatorId
  if (operatorId === null)
    return refuse('Say for which operator the token is', 'どの登録担当者のトークンかを指定してください。')
  if (operatorId !== caller.operatorId && !caller.scopes.includes('admin'))
    return refuse(
      'Only an administrator makes tokens for others',
      '他者のトークンは管理者だけが発行できます。',
    )
  checkScopes(caller, await roleOfHolder(trx, caller, operatorId), terms.scopes)
  const [id, value] = [newId(), makeToken()]
  await insertToken(trx, value, {
    id,
    name: terms.name,
    organisation: caller.organisation,
    operator_id: operatorId,
    scopes: [...terms.scopes],
    expires_at: terms.expiresAt,
    created_by: caller.actor,
    created_at: now,
  })
  const detail = { operator: operatorId, scopes: terms.scopes, expiresAt: terms.expiresAt.toISOString() }
  await appendAudit(trx, [{ at: now, actor: caller.actor, action: 'token.create', subject: id, detail }])
  return { id, value }
}

/** Revoking twice is recorded once. */
export async function revokeTokenBy(
  trx: Transaction,
  caller: Caller,
  token: TokenRow,
  now: Date,
): Promise<void> {
  if (!(await revokeToken(trx, token.id, now))) return
  await appendAudit(trx, [{ at: now, actor: caller.actor, action: 'token.revoke', subject: token.id }])
}
