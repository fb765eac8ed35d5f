import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import { exportJWK, generateKeyPair, type JWK } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { readAccountKey } from './account-key.js'

const jwks: Record<string, JWK> = {}
const rsaJwk = (bits: number, publicExponent = 0x10001): JWK =>
  generateKeyPairSync('rsa', { modulusLength: bits, publicExponent }).publicKey.export({
    format: 'jwk',
  })
const ecJwk = (namedCurve: string): JWK =>
  generateKeyPairSync('ec', { namedCurve }).publicKey.export({ format: 'jwk' })

beforeAll(async () => {
  for (const alg of ['ES256', 'ES384', 'RS256', 'EdDSA'])
    jwks[alg] = await exportJWK((await generateKeyPair(alg)).publicKey)
})

const problemOf = async (jwk: unknown): Promise<string> =>
  readAccountKey(jwk).then(
    () => 'taken',
    (error: unknown) => (error as { problem: string }).problem,
  )

const changeByte = (text: string, index: number): string => {
  const bytes = Buffer.from(text, 'base64url')
  bytes[index] = (bytes.at(index) ?? 0) ^ 1
  return bytes.toString('base64url')
}

describe('readAccountKey', () => {
  it.each(['ES256', 'ES384', 'RS256', 'EdDSA'])('takes a key for %s', async (alg) => {
    expect((await readAccountKey(jwks[alg])).algorithm).toBe(alg)
  })

  it('takes an RSA key of 4096 bits, the largest', async () => {
    expect(await problemOf(rsaJwk(4096))).toBe('taken')
  })

  it('keeps public members only', async () => {
    const { jwk } = await readAccountKey({ ...jwks.ES256, kid: 'x', use: 'sig', note: 'y' })
    expect(Object.keys(jwk).sort()).toEqual(['crv', 'kty', 'x', 'y'])
  })

  const p256 = () => jwks.ES256!
  const rsa = () => jwks.RS256!
  const cases: { name: string; jwk: () => unknown; finds: string }[] = [
    { name: 'text', jwk: () => 'key', finds: 'malformed' },
    { name: 'a list', jwk: () => [p256()], finds: 'malformed' },
    { name: 'a private member', jwk: () => ({ ...p256(), d: 'AA' }), finds: 'malformed' },
    { name: 'a symmetric key', jwk: () => ({ kty: 'oct', k: 'AA' }), finds: 'malformed' },
    { name: 'the alg of another key', jwk: () => ({ ...p256(), alg: 'ES384' }), finds: 'malformed' },
    { name: 'an unknown kind of key', jwk: () => ({ kty: 'AKP' }), finds: 'badPublicKey' },
    {
      name: 'a kind of key named like a member of objects',
      jwk: () => ({ kty: 'EC', crv: 'constructor' }),
      finds: 'badPublicKey',
    },
    { name: 'P-521', jwk: () => ecJwk('secp521r1'), finds: 'badPublicKey' },
    { name: 'secp256k1', jwk: () => ecJwk('secp256k1'), finds: 'badPublicKey' },
    {
      name: 'a point off the curve',
      jwk: () => ({ ...p256(), y: changeByte(p256().y!, 31) }),
      finds: 'badPublicKey',
    },
    {
      name: 'the point at infinity',
      jwk: () => ({ ...p256(), x: 'A'.repeat(43), y: 'A'.repeat(43) }),
      finds: 'badPublicKey',
    },
    {
      name: 'a coordinate not below the prime',
      jwk: () => ({ ...p256(), x: Buffer.alloc(32, 0xff).toString('base64url') }),
      finds: 'badPublicKey',
    },
    {
      name: 'a coordinate one byte short',
      jwk: () => ({ ...p256(), x: Buffer.from(p256().x!, 'base64url').subarray(1).toString('base64url') }),
      finds: 'badPublicKey',
    },
    { name: 'a coordinate with padding', jwk: () => ({ ...p256(), x: `${p256().x!}=` }), finds: 'malformed' },
    { name: 'no coordinate', jwk: () => ({ kty: 'EC', crv: 'P-256' }), finds: 'malformed' },
    { name: 'RSA of 1024 bits', jwk: () => rsaJwk(1024), finds: 'badPublicKey' },
    {
      name: 'RSA of 2047 bits',
      jwk: () => ({ ...rsa(), n: Buffer.alloc(256, 0x7f).toString('base64url') }),
      finds: 'badPublicKey',
    },
    {
      name: 'RSA of 4104 bits',
      jwk: () => ({ ...rsa(), n: Buffer.alloc(513, 0xff).toString('base64url') }),
      finds: 'badPublicKey',
    },
    {
      name: 'an even modulus',
      jwk: () => ({ ...rsa(), n: changeByte(rsa().n!, 255) }),
      finds: 'badPublicKey',
    },
    {
      name: 'a modulus with a leading zero',
      jwk: () => ({
        ...rsa(),
        n: Buffer.concat([Buffer.alloc(1), Buffer.from(rsa().n!, 'base64url')]).toString('base64url'),
      }),
      finds: 'malformed',
    },
    { name: 'the exponent 1', jwk: () => ({ ...rsa(), e: 'AQ' }), finds: 'badPublicKey' },
    {
      name: 'an exponent of 65 bits',
      jwk: () => ({ ...rsa(), e: Buffer.from('010000000000000001', 'hex').toString('base64url') }),
      finds: 'badPublicKey',
    },
    {
      name: 'Ed448',
      jwk: () => generateKeyPairSync('ed448').publicKey.export({ format: 'jwk' }),
      finds: 'badPublicKey',
    },
    {
      name: 'Ed25519 of 31 bytes',
      jwk: () => ({ ...jwks.EdDSA, x: Buffer.alloc(31, 1).toString('base64url') }),
      finds: 'badPublicKey',
    },
  ]
  it.each(cases)('refuses $name as $finds', async ({ jwk, finds }) => {
    expect(await problemOf(jwk())).toBe(finds)
  })

  it('gives the thumbprint of the key whatever the order and number of its members', async () => {
    const { kty, crv, x, y } = p256()
    const [one, two] = await Promise.all([
      readAccountKey(p256()),
      readAccountKey({ y, x, use: 'sig', crv, kty }),
    ])
    expect(one.thumbprint).toBe(two.thumbprint)
    expect(createPublicKey({ key: one.jwk, format: 'jwk' }).asymmetricKeyType).toBe('ec')
  })
})
