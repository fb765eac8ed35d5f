import { errors, flattenedVerify } from 'jose'
import type { AccountKey } from './account-key.js'
import type { FlattenedJws } from './flattened-jws.js'

/** Whether the key made the signature. The algorithm is the key's own, whatever the header says. */
export async function isSignedBy(
  { protected: header, payload, signature }: FlattenedJws,
  { key, algorithm }: Pick<AccountKey, 'key' | 'algorithm'>,
): Promise<boolean> {
  try {
    await flattenedVerify({ protected: header, payload, signature }, key, { algorithms: [algorithm] })
    return true
  } catch (error) {
    if (error instanceof errors.JOSEError) return false
    throw error
  }
}
