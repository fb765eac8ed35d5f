import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { checkNoPrivateBytes, PrivateKeyError } from './private-key.js'

const { privateKey: ec, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const { privateKey: rsa } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const { privateKey: ed } = generateKeyPairSync('ed25519')
const pem = (key: KeyObject, type: 'pkcs8' | 'pkcs1' | 'sec1') =>
  key.export({ format: 'pem', type: type }) as string
const der = (key: KeyObject, type: 'pkcs8' | 'pkcs1' | 'sec1') =>
  key.export({ format: 'der', type: type as 'pkcs8' })
const json = (value: unknown) => Buffer.from(JSON.stringify(value))
const locked = ec.export({ format: 'pem', type: 'pkcs8', cipher: 'aes-256-cbc', passphrase: 'x' }) as string

const found = (bytes: Buffer): unknown => {
  try {
    checkNoPrivateBytes(bytes)
    return 'nothing'
  } catch (error) {
    return error instanceof PrivateKeyError ? (error.jwk?.kty ?? 'of an unknown kind') : error
  }
}

describe('checkNoPrivateBytes', () => {
  it.each([
    ['a JWK', json(ec.export({ format: 'jwk' })), 'EC'],
    ['a JWK as a member', json({ account: 'x', oldKey: rsa.export({ format: 'jwk' }) }), 'RSA'],
    ['a set of JWKs', json({ keys: [publicKey, ed].map((key) => key.export({ format: 'jwk' })) }), 'OKP'],
    ['a symmetric key', json({ kty: 'oct', k: 'c2VjcmV0' }), 'oct'],
    ['PEM', Buffer.from(pem(ec, 'pkcs8')), 'EC'],
    ['PEM of OpenSSL, SEC 1', Buffer.from(pem(ec, 'sec1')), 'EC'],
    ['PEM of OpenSSL, PKCS #1', Buffer.from(`text before\n${pem(rsa, 'pkcs1')}`), 'RSA'],
    ['PEM under a password', Buffer.from(locked), 'of an unknown kind'],
    ['PEM that is cut', Buffer.from(pem(rsa, 'pkcs8').slice(0, 200)), 'of an unknown kind'],
    ['PEM as a member', json({ oldKey: pem(rsa, 'pkcs8') }), 'RSA'],
    ['PKCS #8', der(rsa, 'pkcs8'), 'RSA'],
    ['PKCS #8 of Ed25519', der(ed, 'pkcs8'), 'OKP'],
    ['PKCS #1', der(rsa, 'pkcs1'), 'RSA'],
    ['SEC 1', der(ec, 'sec1'), 'EC'],
    ['base64 of PKCS #8', Buffer.from(`${der(ec, 'pkcs8').toString('base64')}\n`), 'EC'],
    ['base64url of SEC 1 as a member', json({ oldKey: der(ec, 'sec1').toString('base64url') }), 'EC'],
  ])('finds %s', (_name, bytes, kind) => {
    expect(found(bytes)).toBe(kind)
  })

  it.each([
    ['a public JWK', json(publicKey.export({ format: 'jwk' }))],
    ['an object with a member d that is no key', json({ d: 'x' })],
    ['a public key in PEM', Buffer.from(publicKey.export({ format: 'pem', type: 'spki' }) as string)],
    ['a public key in DER', publicKey.export({ format: 'der', type: 'spki' })],
    ['nothing', Buffer.alloc(0)],
    ['no JSON', Buffer.from('{"kty":')],
    ['base64 of something else', json({ text: 'MAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' })],
  ])('finds nothing in %s', (_name, bytes) => {
    expect(found(bytes)).toBe('nothing')
  })

  it.each([
    ['PEM', Buffer.from(pem(ec, 'pkcs8'))],
    ['a JWK', json(ec.export({ format: 'jwk' }))],
  ])('keeps of %s what is public, and says nothing of the rest', (_name, bytes) => {
    const secret = ec.export({ format: 'jwk' }).d ?? ''
    try {
      checkNoPrivateBytes(bytes)
    } catch (error) {
      expect((error as PrivateKeyError).jwk).toEqual(publicKey.export({ format: 'jwk' }))
      expect(`${(error as Error).message} ${JSON.stringify(error)}`).not.toContain(secret)
    }
    expect.assertions(2)
  })
})
