import { ProblemError } from '../../problem/problem-error.js'
import { type AccountKey, identityOf, spkiSha256 } from './account-key.js'

/**
 * An account key may not be one that others know, as the key of a CSR may not.
 * @param blockedKeys SHA-256 of each SubjectPublicKeyInfo, hex. Source: docs/upki-tsv.md, "Blocked keys"
 * @throws ProblemError badPublicKey
 */
export function checkNotBlocked({ jwk }: AccountKey, blockedKeys: ReadonlySet<string> | undefined): void {
  if (!blockedKeys || ![spkiSha256(jwk), identityOf(jwk)].some((hash) => blockedKeys.has(hash))) return
  throw new ProblemError(
    'badPublicKey',
    'The key is on a list of keys that others know (blockedKeyFiles); make a new one and register with it',
    {
      ja: 'この鍵は第三者に知られている鍵の一覧（blockedKeyFiles）に載っています。新しい鍵を作って登録してください。',
    },
  )
}
