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

/** AlgorithmIdentifier of rsaEncryption (RFC 8017 A.1), and 65537 as an INTEGER. */
const rsaEncryption = Buffer.from('300d06092a864886f70d0101010500', 'hex')
const usualExponent = Buffer.from('0203010001', 'hex')

function element(tag: number, ...contents: Uint8Array[]): Buffer {
  const content = Buffer.concat(contents)
  const { length } = content
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.of(tag, ...size), content])
}

function canonicalRsa({ bits }: PublicKey): Buffer {
  const [modulus] = childrenOf(readOne(bits), tags.sequence)
  const numbers = element(
    tags.sequence,
    element(tags.integer, contentOf(modulus, tags.integer)),
    usualExponent,
  )
  return element(tags.sequence, rsaEncryption, element(tags.bitString, Buffer.of(0), numbers))
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
