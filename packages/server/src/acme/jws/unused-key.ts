import { ProblemError } from '../../problem/problem-error.js'
import { hasAccountOfOtherForm } from '../../store/acme-accounts.js'
import type { Transaction } from '../../store/database.js'
import { findHistory } from '../../store/history.js'
import { type AccountKey, identityOf } from './account-key.js'

const taken = (detail: string, ja: string): ProblemError => new ProblemError('badPublicKey', detail, { ja })

/**
 * A new account key is no key of a certificate (RFC 8555 §11.1), and no other account's RSA key with another
 * exponent: whoever holds the one private key has the other. The very same key is looked for by its thumbprint before; an
 * account that got it since then, by the same request sent twice at once, is none of the others.
 * @throws ProblemError badPublicKey
 */
export async function checkUnused(trx: Transaction, { jwk, thumbprint }: AccountKey): Promise<void> {
  const key = identityOf(jwk)
  if (await hasAccountOfOtherForm(trx, { spki_sha256: key, thumbprint }))
    throw taken(
      'An account has an RSA key with the same modulus and another exponent; make a new key',
      '同じ法（modulus）で指数だけが異なるRSA鍵のアカウントがあります。新しい鍵を作ってください。',
    )
  const { keys } = await findHistory(trx, { organisation: '', names: [], keys: [key] })
  if (keys.has(key))
    throw taken(
      'The key is one of a certificate or of an application for one; make another key for the account',
      '証明書（またはその申請）で使われている鍵です。アカウント用に別の鍵を作ってください。',
    )
}
