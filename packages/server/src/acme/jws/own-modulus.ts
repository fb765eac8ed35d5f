import { ProblemError } from '../../problem/problem-error.js'
import { hasAccountOfKey } from '../../store/acme-accounts.js'
import type { Transaction } from '../../store/database.js'
import { type AccountKey, identityOf } from './account-key.js'

/**
 * A new RSA key may not be one that an account has, with another exponent: whoever holds the one private key has
 * the other. The very same key is looked for by its thumbprint before.
 * @throws ProblemError badPublicKey
 */
export async function checkOwnModulus(trx: Transaction, { jwk, algorithm }: AccountKey): Promise<void> {
  if (algorithm !== 'RS256' || !(await hasAccountOfKey(trx, identityOf(jwk)))) return
  throw new ProblemError(
    'badPublicKey',
    'An account has an RSA key with the same modulus and another exponent; make a new key',
    { ja: '同じ法（modulus）で指数だけが異なるRSA鍵のアカウントがあります。新しい鍵を作ってください。' },
  )
}
