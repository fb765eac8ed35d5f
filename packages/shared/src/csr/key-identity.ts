/**
 * What makes two public keys one key, as far as reuse goes: who holds one private key holds the other.
 *
 * An RSA key is its modulus: from the private key for one exponent that for any other follows. It is
 * written with the exponent 65537, which nearly every key has, and in the usual encoding, so that the
 * identity of nearly every key is the SHA-256 of its SubjectPublicKeyInfo. Pure.
 */
import { createHash } from 'node:crypto'
import { childrenOf, contentOf, readOne, tags } from './der.js'
import { readKey } from './public-key.js'
import type { PublicKey } from './public-key.js'
import { derElement } from './write-der.js'

/** AlgorithmIdentifier of rsaEncryption (RFC 8017 A.1), and 65537 as an INTEGER. */
const rsaEncryption = Buffer.from('300d06092a864886f70d0101010500', 'hex')
const usualExponent = Buffer.from('0203010001', 'hex')

function canonicalRsa({ bits }: PublicKey): Buffer {
  const [modulus] = childrenOf(readOne(bits), tags.sequence)
  const numbers = derElement(
    tags.sequence,
    derElement(tags.integer, contentOf(modulus, tags.integer)),
    usualExponent,
  )
  return derElement(tags.sequence, rsaEncryption, derElement(tags.bitString, Buffer.of(0), numbers))
}

/** The SubjectPublicKeyInfo in the form that all keys with one private key share; mostly the very same. @throws {DerError} */
export function canonicalSpki(key: PublicKey): Uint8Array {
  if (key.family !== 'rsa') return key.spki
  const canonical = canonicalRsa(key)
  return canonical.equals(key.spki) ? key.spki : canonical
}

/** SHA-256 of the canonical form, hex, from a SubjectPublicKeyInfo in DER. @throws {DerError} */
export const keyIdentity = (spki: Uint8Array): string =>
  createHash('sha256')
    .update(canonicalSpki(readKey(readOne(spki))))
    .digest('hex')
