import { generateKeyPairSync, generatePrimeSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { isWeakModulus } from './weak-rsa.js'

const sound = (): bigint => {
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const { n = '' } = publicKey.export({ format: 'jwk' })
  return BigInt(`0x${Buffer.from(n, 'base64url').toString('hex')}`)
}

/** A number of 2048 bits that is a power of 65537 modulo the product of the primes up to 167. */
function rocaLike(): bigint {
  const primes = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89]
  const more = [97, 101, 103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167]
  const product = [...primes, ...more].reduce((sum, prime) => sum * BigInt(prime), 1n)
  const rest = 65537n ** 5n % product
  return ((1n << 2047n) / product + 1n) * product + rest
}

/** 2^1023 + 1155 and what lies a little above it; whether they are prime does not matter to the method. */
const close = (1n << 1023n) + 1155n

const prime = (bits: number) => generatePrimeSync(bits, { bigint: true })
const apart = prime(1024) * prime(1020)

describe('isWeakModulus', () => {
  it.each([
    { name: 'a modulus made here', modulus: sound(), weak: false },
    { name: 'one of the library with CVE-2017-15361', modulus: rocaLike(), weak: true },
    { name: 'the product of neighbours', modulus: close * (close + 2n), weak: true },
    { name: 'a square', modulus: close * close, weak: true },
    // 751 and 757 are neighbours among the primes: the requirements draw the line between them.
    { name: 'a multiple of 751', modulus: 751n * apart, weak: true },
    { name: 'a multiple of 757', modulus: 757n * apart, weak: false },
    { name: 'a multiple of 2', modulus: 2n * apart, weak: true },
    { name: 'the product of primes that lie apart', modulus: apart, weak: false },
  ])('$name: $weak', ({ modulus, weak }) => {
    expect(isWeakModulus(modulus)).toBe(weak)
  })
})
