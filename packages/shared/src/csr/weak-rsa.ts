/**
 * RSA moduli that can be factored though they are long: CAs have to refuse such keys.
 * Pure. Source: CA/Browser Forum Baseline Requirements §6.1.1.3 (ROCA, close primes).
 */

/** Moduli of the faulty library (CVE-2017-15361) are powers of 65537 modulo each of these. */
const rocaPrimes = [11, 13, 17, 19, 37, 53, 61, 71, 73, 79, 97, 103, 107, 109, 127, 151, 157]

function powersOf(generator: number, prime: number): Set<number> {
  const found = new Set<number>()
  for (let power = 1; !found.has(power); power = (power * generator) % prime) found.add(power)
  return found
}

const rocaPowers = rocaPrimes.map((prime) => ({
  prime: BigInt(prime),
  powers: powersOf(65537 % prime, prime),
}))

/** One sound modulus in more than a hundred million looks like these. */
const isRoca = (modulus: bigint): boolean =>
  rocaPowers.every(({ prime, powers }) => powers.has(Number(modulus % prime)))

// As the requirements have it.
const FERMAT_ROUNDS = 100

/** By Newton's method, from above. */
function squareRoot(value: bigint): bigint {
  if (value === 0n) return 0n
  let root = 1n << BigInt((value.toString(2).length + 1) >> 1)
  for (;;) {
    const next = (root + value / root) >> 1n
    if (next >= root) return root
    root = next
  }
}

const squareEnds = new Set(Array.from({ length: 256 }, (_, index) => (index * index) % 256))

/** The last byte tells most of what is no square. */
const isSquare = (value: bigint): boolean =>
  squareEnds.has(Number(value & 255n)) && squareRoot(value) ** 2n === value

/** Fermat's method: primes that lie close together are found at once. */
function hasClosePrimes(modulus: bigint): boolean {
  let middle = squareRoot(modulus)
  if (middle ** 2n < modulus) middle += 1n
  for (let round = 0; round < FERMAT_ROUNDS; round++, middle += 1n)
    if (isSquare(middle ** 2n - modulus)) return true
  return false
}

export const isWeakModulus = (modulus: bigint): boolean => isRoca(modulus) || hasClosePrimes(modulus)
