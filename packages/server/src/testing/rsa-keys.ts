/** RSA keys whose numbers tests choose. */
import {
  createPrivateKey,
  createPublicKey,
  generatePrimeSync,
  type KeyPairKeyObjectResult,
} from 'node:crypto'

/** A whole key of two primes, so that its CSR has a good signature. */
export function rsaOf(p: bigint, q: bigint, e = 65537n): KeyPairKeyObjectResult {
  const phi = (p - 1n) * (q - 1n)
  // e is prime and small: one of its first multiples of phi, and one, divides.
  let times = 1n
  while ((phi * times + 1n) % e !== 0n) times++
  const d = (phi * times + 1n) / e
  const power = (base: bigint, exponent: bigint, modulus: bigint) => {
    let [result, square] = [1n, base % modulus]
    for (let left = exponent; left > 0n; left >>= 1n, square = square ** 2n % modulus)
      if (left & 1n) result = (result * square) % modulus
    return result
  }
  const text = (value: bigint) => {
    const hex = value.toString(16)
    return Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex').toString('base64url')
  }
  const numbers = { n: p * q, e, d, p, q, dp: d % (p - 1n), dq: d % (q - 1n), qi: power(q, p - 2n, p) }
  const members = Object.fromEntries(Object.entries(numbers).map(([member, value]) => [member, text(value)]))
  const privateKey = createPrivateKey({ key: { kty: 'RSA', ...members }, format: 'jwk' })
  return { privateKey, publicKey: createPublicKey(privateKey) }
}

/** One modulus with two exponents: whoever holds one private key has the other. */
export function twoExponents(): [KeyPairKeyObjectResult, KeyPairKeyObjectResult] {
  const [p, q] = [generatePrimeSync(1024, { bigint: true }), generatePrimeSync(1024, { bigint: true })]
  // An exponent has no inverse where it divides p - 1 or q - 1, as one key in a hundred has it.
  if ([p, q].some((prime) => prime % 257n === 1n || prime % 65537n === 1n)) return twoExponents()
  return [rsaOf(p, q), rsaOf(p, q, 257n)]
}
