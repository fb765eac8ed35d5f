/**
 * Signatures of signed requests (RFC 7515 §5.2), by node:crypto on the key that was read once.
 *
 * The form of the JWS is judged before (flattened-jws.ts). Through WebCrypto one check takes twice the
 * processor: a copy, a job of the thread pool and two promises for each.
 */
import { verify } from 'node:crypto'
import type { AccountAlgorithm, AccountKey } from './account-key.js'
import type { FlattenedJws } from './flattened-jws.js'

interface Scheme {
  hash: string | null
  /** RFC 7518 §3.4: R and S side by side, each of the full size. Other lengths are no signature. */
  bytes?: number
}

const schemes: Record<AccountAlgorithm, Scheme> = {
  ES256: { hash: 'sha256', bytes: 64 },
  ES384: { hash: 'sha384', bytes: 96 },
  RS256: { hash: 'sha256' },
  EdDSA: { hash: null, bytes: 64 },
}

/** Whether the key made the signature. The algorithm is the key's own, whatever the header says. */
export function isSignedBy(
  { protected: header, payload, signature }: FlattenedJws,
  { key, algorithm }: Pick<AccountKey, 'key' | 'algorithm'>,
): boolean {
  const { hash, bytes } = schemes[algorithm]
  const signed = Buffer.from(signature, 'base64url')
  if (bytes !== undefined && signed.length !== bytes) return false
  return verify(hash, Buffer.from(`${header}.${payload}`), { key, dsaEncoding: 'ieee-p1363' }, signed)
}
