/** The signature of a CSR over its CertificationRequestInfo (RFC 2986 §4.2), by node:crypto. */
import { verify } from 'node:crypto'
import type { KeyFamily, PublicKey } from './public-key.js'

const algorithms: Record<string, { family: KeyFamily; hash: string; name: string; weak?: true }> = {
  '1.2.840.113549.1.1.4': { family: 'rsa', hash: 'md5', name: 'md5WithRSA', weak: true },
  '1.2.840.113549.1.1.5': { family: 'rsa', hash: 'sha1', name: 'sha1WithRSA', weak: true },
  '1.2.840.113549.1.1.11': { family: 'rsa', hash: 'sha256', name: 'sha256WithRSA' },
  '1.2.840.113549.1.1.12': { family: 'rsa', hash: 'sha384', name: 'sha384WithRSA' },
  '1.2.840.113549.1.1.13': { family: 'rsa', hash: 'sha512', name: 'sha512WithRSA' },
  '1.2.840.10045.4.1': { family: 'ec', hash: 'sha1', name: 'ecdsa-with-SHA1', weak: true },
  '1.2.840.10045.4.3.2': { family: 'ec', hash: 'sha256', name: 'ecdsa-with-SHA256' },
  '1.2.840.10045.4.3.3': { family: 'ec', hash: 'sha384', name: 'ecdsa-with-SHA384' },
  '1.2.840.10045.4.3.4': { family: 'ec', hash: 'sha512', name: 'ecdsa-with-SHA512' },
}

export interface SignedPart {
  algorithmId: string
  key: PublicKey
  signed: Uint8Array
  signature: Uint8Array
}

/** Name of a signature algorithm, such as `sha256WithRSA`; its OID when it is not known. */
export const signatureAlgorithmName = (id: string): string => algorithms[id]?.name ?? id

/** True for SHA-2 with the RSA or EC signatures that the service and this reader know. */
export const isStrongAlgorithm = (id: string): boolean => id in algorithms && !algorithms[id]?.weak

/** False for a wrong signature, an unknown or weak algorithm, and a key that is no point on its curve. */
export function isSignatureValid({ algorithmId, key, signed, signature }: SignedPart): boolean {
  const algorithm = algorithms[algorithmId]
  if (!algorithm || algorithm.weak || algorithm.family !== key.family) return false
  try {
    return verify(algorithm.hash, signed, keyInput(key), signature)
  } catch {
    // node:crypto throws for keys that OpenSSL cannot read: such a CSR proves nothing.
    return false
  }
}

/** OpenSSL reads a bare RSAPublicKey some thirty times faster than the same key in a SubjectPublicKeyInfo. */
function keyInput({ family, spki, bits }: PublicKey) {
  const format = 'der' as const
  return family === 'rsa'
    ? { key: Buffer.from(bits), format, type: 'pkcs1' as const }
    : { key: Buffer.from(spki), format, type: 'spki' as const }
}
