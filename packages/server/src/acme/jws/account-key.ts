/**
 * Public keys of ACME accounts: which are taken, and with which algorithm each signs.
 *
 * The algorithm follows from the key alone, so that no header can make the gateway
 * read a key in another way. Source: RFC 8555 §6.2, RFC 7517, RFC 7518 §6, RFC 8037.
 */
import { isWeakModulus, keyIdentity } from '@upki-gateway/shared/csr'
import { createHash, createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto'
import { calculateJwkThumbprint, type JWK } from 'jose'
import { ProblemError } from '../../problem/problem-error.js'
import { decodeBase64url } from './base64url.js'
import { isObject, malformed } from './flattened-jws.js'
import { checkPublicOnly } from './private-key.js'

export const accountAlgorithms = ['ES256', 'ES384', 'RS256', 'EdDSA'] as const
export type AccountAlgorithm = (typeof accountAlgorithms)[number]

export interface AccountKey {
  algorithm: AccountAlgorithm
  /** Public members only. */
  jwk: JWK
  /** RFC 7638, SHA-256, base64url. */
  thumbprint: string
  key: KeyObject
}

// NIST SP 800-131A: below 2048 bits is no longer safe; above 4096 a check costs too much.
const MIN_RSA_BITS = 2048
const MAX_RSA_BITS = 4096
const MAX_RSA_EXPONENT = 2n ** 32n

const coordinateBytes: Record<string, { algorithm: AccountAlgorithm; bytes: number }> = {
  'P-256': { algorithm: 'ES256', bytes: 32 },
  'P-384': { algorithm: 'ES384', bytes: 48 },
}

const badKey = (detail: string, cause?: unknown): ProblemError =>
  new ProblemError(
    'badPublicKey',
    `${detail}; use EC P-256, EC P-384, RSA of 2048 to 4096 bits, or Ed25519`,
    {
      ja: 'アカウント鍵を受け付けられません。EC P-256、EC P-384、2048〜4096ビットのRSA、またはEd25519の鍵を使ってください。',
      cause,
    },
  )

function bytesOf(jwk: Record<string, unknown>, member: string): Buffer {
  const value = jwk[member]
  const bytes = typeof value === 'string' ? decodeBase64url(value) : undefined
  if (!bytes || bytes.length === 0)
    throw malformed(
      `The member ${member} of the key is not base64url`,
      `鍵の${member}がbase64urlではありません。`,
    )
  return bytes
}

interface CheckedJwk {
  algorithm: AccountAlgorithm
  jwk: JWK
}

function checkEc(jwk: Record<string, unknown>): CheckedJwk {
  const crv = String(jwk.crv)
  const curve = Object.hasOwn(coordinateBytes, crv) ? coordinateBytes[crv] : undefined
  if (!curve) throw badKey(`Keys on the curve ${crv.slice(0, 20)} are not supported`)
  const [x, y] = ['x', 'y'].map((member) => bytesOf(jwk, member))
  // RFC 7518 §6.2.1.2: the full size of a coordinate, leading zeros included.
  if (x?.length !== curve.bytes || y?.length !== curve.bytes)
    throw badKey(`A coordinate on ${crv} has ${curve.bytes} bytes`)
  return { algorithm: curve.algorithm, jwk: { kty: 'EC', crv, x: jwk.x as string, y: jwk.y as string } }
}

const toNumber = (bytes: Buffer): bigint => BigInt(`0x${bytes.toString('hex')}`)

function checkRsa(jwk: Record<string, unknown>): CheckedJwk {
  const [n, e] = [bytesOf(jwk, 'n'), bytesOf(jwk, 'e')]
  // RFC 7518 §6.3.1: as few octets as the value needs; else one key would have several thumbprints.
  if (n[0] === 0 || e[0] === 0)
    throw malformed(
      'The modulus or exponent begins with a zero octet',
      '鍵のnまたはeが0のオクテットで始まっています。',
    )
  if (n.length > MAX_RSA_BITS / 8 || e.length > 8) throw badKey('The RSA key is too large')
  const [modulus, exponent] = [toNumber(n), toNumber(e)]
  const bits = modulus.toString(2).length
  if (bits < MIN_RSA_BITS || modulus % 2n === 0n) throw badKey(`An RSA key of ${bits} bits is not safe`)
  if (exponent < 3n || exponent > MAX_RSA_EXPONENT || exponent % 2n === 0n)
    throw badKey('The RSA exponent is not safe')
  if (isWeakModulus(modulus)) throw badKey('The RSA key can be broken: its primes were chosen badly')
  return { algorithm: 'RS256', jwk: { kty: 'RSA', n: jwk.n as string, e: jwk.e as string } }
}

function checkOkp(jwk: Record<string, unknown>): CheckedJwk {
  if (jwk.crv !== 'Ed25519') throw badKey('Of the OKP keys only Ed25519 is supported')
  if (bytesOf(jwk, 'x').length !== 32) throw badKey('An Ed25519 key has 32 bytes')
  return { algorithm: 'EdDSA', jwk: { kty: 'OKP', crv: 'Ed25519', x: jwk.x as string } }
}

const checks = new Map<unknown, (jwk: Record<string, unknown>) => CheckedJwk>([
  ['EC', checkEc],
  ['RSA', checkRsa],
  ['OKP', checkOkp],
])

function checkJwk(jwk: unknown): CheckedJwk {
  if (!isObject(jwk)) throw malformed('The jwk is not an object', 'jwkがオブジェクトではありません。')
  checkPublicOnly(jwk)
  const check = checks.get(jwk.kty)
  if (!check) throw badKey('The type of the key is not supported')
  const checked = check(jwk)
  if (jwk.alg !== undefined && jwk.alg !== checked.algorithm)
    throw malformed(
      'The alg of the jwk is not the one its key signs with',
      'jwkのalgが鍵の署名アルゴリズムと一致しません。',
    )
  return checked
}

/** A key that was checked before, such as one from the store. */
export async function importAccountKey({ algorithm, jwk }: CheckedJwk): Promise<AccountKey> {
  const key = createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' })
  return { algorithm, jwk, thumbprint: await calculateJwkThumbprint(jwk), key }
}

/** @throws ProblemError malformed or badPublicKey */
export async function readAccountKey(value: unknown): Promise<AccountKey> {
  const checked = checkJwk(value)
  try {
    return await importAccountKey(checked)
  } catch (cause) {
    throw badKey('The key is not sound', cause)
  }
}

/** RFC 7638 thumbprint; undefined for what is no key. */
export const thumbprintOf = (jwk: unknown): Promise<string | undefined> =>
  calculateJwkThumbprint(jwk as JWK).catch(() => undefined)

const spkiOf = (jwk: JWK): Buffer =>
  createPublicKey({ key: jwk, format: 'jwk' }).export({ type: 'spki', format: 'der' })

/** SHA-256 of the SubjectPublicKeyInfo, hex. */
export const spkiSha256 = (jwk: JWK): string => createHash('sha256').update(spkiOf(jwk)).digest('hex')

/** Compares an account key with other keys, those of CSRs too: RSA keys of one modulus are one key. */
export const identityOf = (jwk: JWK): string => keyIdentity(spkiOf(jwk))
