/** What kind of key a SubjectPublicKeyInfo holds, in the words of docs/upki-tsv.md, "Column 2: Profiles and keys". */
import { DerError, bitsOf, childrenOf, contentOf, oidOf, readOne, tags } from './der.js'
import type { DerElement } from './der.js'

/** `rsa2048` and `p384` are what the service takes; everything else is described, as `RSA 4096`. */
export type KeyType = 'rsa2048' | 'p384' | (string & {})

export type KeyFamily = 'rsa' | 'ec' | 'other'

const curves: Record<string, string> = {
  '1.2.840.10045.3.1.7': 'EC P-256',
  '1.3.132.0.34': 'p384',
  '1.3.132.0.35': 'EC P-521',
  '1.3.132.0.10': 'EC secp256k1',
}

/** Uncompressed point on P-384: 0x04 and two coordinates of 48 bytes. */
const p384PointLength = 97

export interface PublicKey {
  family: KeyFamily
  keyType: KeyType
  /** SubjectPublicKeyInfo, DER. */
  spki: Uint8Array
  /** The bits of `subjectPublicKey`: for RSA an RSAPublicKey (RFC 8017 A.1.1), for EC a point. */
  bits: Uint8Array
}

/** Reads a SubjectPublicKeyInfo. @throws {DerError} */
export function readKey(spki: DerElement): PublicKey {
  const [algorithm, key] = childrenOf(spki, tags.sequence)
  const [oid, parameters] = childrenOf(algorithm, tags.sequence)
  const bits = bitsOf(key)
  return { ...classify(oidOf(oid), parameters, bits), spki: spki.bytes, bits }
}

function classify(
  algorithm: string,
  parameters: DerElement | undefined,
  bits: Uint8Array,
): { family: KeyFamily; keyType: KeyType } {
  if (algorithm === '1.2.840.113549.1.1.1') return { family: 'rsa', keyType: rsaKeyType(bits) }
  if (algorithm === '1.2.840.10045.2.1') return { family: 'ec', keyType: ecKeyType(parameters, bits) }
  return { family: 'other', keyType: `algorithm ${algorithm}` }
}

/** 65537. */
const usualExponent = Buffer.from([1, 0, 1])

function rsaKeyType(key: Uint8Array): KeyType {
  const [modulus, exponent] = childrenOf(readOne(key), tags.sequence)
  const bits = bitLength(contentOf(modulus, tags.integer))
  const e = Buffer.from(contentOf(exponent, tags.integer))
  if (e.equals(usualExponent)) return bits === 2048 ? 'rsa2048' : `RSA ${bits}`
  // Baseline Requirements §6.1.6: the exponent is odd and at least 3.
  const sound =
    e.length > 0 && e.length <= 32 && BigInt(`0x${e.toString('hex')}`) >= 3n && (e.at(-1) ?? 0) % 2 === 1
  if (!sound) return `RSA ${bits}, unsound exponent`
  return bits === 2048 ? 'rsa2048' : `RSA ${bits}`
}

/** The modulus of an RSA key; undefined for other keys. @throws {DerError} */
export function modulusOf({ family, bits }: PublicKey): bigint | undefined {
  if (family !== 'rsa') return undefined
  const [modulus] = childrenOf(readOne(bits), tags.sequence)
  return BigInt(`0x${Buffer.from(contentOf(modulus, tags.integer)).toString('hex')}`)
}

function bitLength(integer: Uint8Array): number {
  const start = integer.findIndex((byte) => byte !== 0)
  if (start < 0) throw new DerError('modulus is zero')
  return (integer.length - start) * 8 - Math.clz32((integer[start] ?? 0) << 24)
}

function ecKeyType(parameters: DerElement | undefined, point: Uint8Array): KeyType {
  const curve = parameters?.tag === tags.oid ? oidOf(parameters) : 'unnamed'
  const keyType = curves[curve] ?? `EC curve ${curve}`
  if (keyType !== 'p384') return keyType
  return point.length === p384PointLength && point[0] === 4 ? 'p384' : 'EC P-384, compressed point'
}
