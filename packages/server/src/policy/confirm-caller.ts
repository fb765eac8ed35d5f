/**
 * A caller was let in a moment ago; before a decision it is asked again, inside its transaction: an operator who is
 * disabled or a token that is revoked at the same time decides either before that or not at all.
 */
import { ProblemError } from '../problem/problem-error.js'
import type { Transaction } from '../store/database.js'
import { lockOperator } from '../store/operators.js'
import { lockToken } from '../store/tokens.js'
import type { Caller } from './caller.js'
import { type Scope, scopesOf } from './scopes.js'

const refuse = (): never => {
  throw new ProblemError(
    'notAllowed',
    'You may no longer do this: your operator or token was disabled or changed',
    {
      ja: '権限が取り消されたため、この操作はできません。',
    },
  )
}

/** @throws ProblemError notAllowed when operator or token have lost what the decision needs */
export async function confirmCaller(trx: Transaction, caller: Caller, scope: Scope): Promise<void> {
  if (caller.operatorId !== null) {
    const operator = await lockOperator(trx, caller.operatorId)
    if (!operator || operator.disabled_at || !scopesOf(operator.role).includes(scope)) refuse()
  }
  if (caller.tokenId !== null) {
    const token = await lockToken(trx, caller.tokenId)
    if (!token || token.revoked_at) refuse()
  }
}
