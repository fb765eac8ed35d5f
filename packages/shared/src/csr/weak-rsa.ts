/**
 * RSA moduli that can be factored though they are long: CAs have to refuse such keys.
 * Pure. Source: CA/Browser Forum Baseline Requirements §6.1.1.3 (ROCA, close primes), §6.1.6 (small factors).
 */

/** §6.1.6: no factors smaller than this. */
const SMALLEST_FACTOR = 752

const isPrime = (number: number): boolean => {
  for (let divisor = 2; divisor ** 2 <= number; divisor += 1) if (number % divisor === 0) return false
  return number > 1
}
const smallPrimes = Array.from({ length: SMALLEST_FACTOR }, (_, number) => number).filter(isPrime)

/** Five primes at a time: their product is exact as a number, and one long division does for all of them. */
const smallFactors = Array.from({ length: Math.ceil(smallPrimes.length / 5) }, (_, index) => {
  const primes = smallPrimes.slice(index * 5, index * 5 + 5)
  return { primes, product: BigInt(primes.reduce((product, prime) => product * prime, 1)) }
})

const hasSmallFactor = (modulus: bigint): boolean =>
  smallFactors.some(({ primes, product }) => {
    const rest = Number(modulus % product)
    return primes.some((prime) => rest % prime === 0)
  })

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
  let root = firstRoot(value)
  for (;;) {
    const next = (root + value / root) >> 1n
    if (next >= root) return root
    root = next
  }
}

/** A little above the root: every step doubles the bits that are right, and these are thirty of them. */
function firstRoot(value: bigint): bigint {
  const bits = value.toString(16).length * 4
  if (bits <= 64) return 1n << BigInt((bits + 2) >> 1)
  const shift = bits - 64
  return BigInt(Math.ceil(Math.sqrt(Number(value >> BigInt(shift))) * (1 + 2 ** -48))) << BigInt(shift >> 1)
}

/** What squares leave when divided by these; seven in a thousand other numbers leave the like by both. */
const sieves = [45_045, 65_536].map((divisor) => {
  const left = new Uint8Array(divisor)
  for (let root = 0; root < divisor; root += 1) left[(root * root) % divisor] = 1
  return { divisor, left }
})

const isSquare = (value: bigint): boolean => squareRoot(value) ** 2n === value

/** Fermat's method: primes that lie close together are found at once. */
function hasClosePrimes(modulus: bigint): boolean {
  const root = squareRoot(modulus)
  const first = root ** 2n < modulus ? root + 1n : root
  const [byPrimes = [], byTwo = []] = sieves.map((sieve) => roundsThrough(sieve, first, modulus))
  return byPrimes.some((round) => byTwo.includes(round) && isSquare((first + BigInt(round)) ** 2n - modulus))
}

/** The rounds whose difference may be a square, as far as one divisor tells. */
function roundsThrough({ divisor, left }: (typeof sieves)[number], first: bigint, modulus: bigint): number[] {
  const rest = { first: Number(first % BigInt(divisor)), modulus: Number(modulus % BigInt(divisor)) }
  const rounds: number[] = []
  for (let round = 0; round < FERMAT_ROUNDS; round += 1) {
    const difference = ((rest.first + round) ** 2 - rest.modulus) % divisor
    if (left[difference < 0 ? difference + divisor : difference] === 1) rounds.push(round)
  }
  return rounds
}

export const isWeakModulus = (modulus: bigint): boolean =>
  hasSmallFactor(modulus) || isRoca(modulus) || hasClosePrimes(modulus)
