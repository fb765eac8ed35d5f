/**
 * Many RSA 2048 keys in little time, for loads in which no key may come twice: a few primes make many pairs.
 * Their keys share primes, so they are good for nothing else.
 */
import {
  createPrivateKey,
  createPublicKey,
  generatePrime,
  type JsonWebKey,
  type KeyPairKeyObjectResult,
} from 'node:crypto'
import { promisify } from 'node:util'

const EXPONENT = 65537n
const PRIME_BITS = 1024

const makePrime = promisify(generatePrime) as unknown as (
  bits: number,
  options: { bigint: true },
) => Promise<bigint>

const encode = (value: bigint): string => {
  const hex = value.toString(16)
  return Buffer.from(hex.length % 2 ? `0${hex}` : hex, 'hex').toString('base64url')
}

/** By the extended Euclidean algorithm. */
function inverse(value: bigint, modulus: bigint): bigint {
  let [before, rest] = [modulus, value % modulus]
  let [coefficientBefore, coefficient] = [0n, 1n]
  while (rest !== 0n) {
    const quotient = before / rest
    ;[before, rest] = [rest, before - quotient * rest]
    ;[coefficientBefore, coefficient] = [coefficient, coefficientBefore - quotient * coefficient]
  }
  return ((coefficientBefore % modulus) + modulus) % modulus
}

function toKeyPair(p: bigint, q: bigint): KeyPairKeyObjectResult {
  const d = inverse(EXPONENT, (p - 1n) * (q - 1n))
  const members = { n: p * q, e: EXPONENT, d, p, q, dp: d % (p - 1n), dq: d % (q - 1n), qi: inverse(q, p) }
  const texts = Object.entries(members).map(([name, value]) => [name, encode(value)])
  const jwk = { kty: 'RSA', ...Object.fromEntries(texts) } as JsonWebKey
  const privateKey = createPrivateKey({ key: jwk, format: 'jwk' })
  return { privateKey, publicKey: createPublicKey(privateKey) }
}

/** RFC 8017 §3.1: the exponent has no divisor in common with p − 1. */
async function makeUsablePrime(): Promise<bigint> {
  for (;;) {
    const prime = await makePrime(PRIME_BITS, { bigint: true })
    if ((prime - 1n) % EXPONENT !== 0n) return prime
  }
}

export async function makeRsaKeys(count: number): Promise<KeyPairKeyObjectResult[]> {
  const primes: bigint[] = []
  const keys: KeyPairKeyObjectResult[] = []
  while (keys.length < count) {
    const prime = await makeUsablePrime()
    for (const other of primes.slice(0, count - keys.length)) keys.push(toKeyPair(prime, other))
    primes.push(prime)
  }
  return keys
}
