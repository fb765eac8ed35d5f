/** Hostile requests, J1 to J20: each gets its problem and a fresh nonce, and leaves the state as it was. */
import { createHmac, createPublicKey, generateKeyPairSync } from 'node:crypto'
import { FlattenedSign } from 'jose'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import {
  AcmeClient,
  type AcmeReply,
  type Flattened,
  makeSigner,
  outcomeOf,
  sampleEab,
  type Signer,
  signerOf,
  toBase64url,
} from '../../testing/acme-client.js'
import { startTestGateway, type TestGateway } from '../../testing/gateway.js'
import { twoExponents } from '../../testing/rsa-keys.js'
import { traceOf } from '../../testing/trace.js'
import { spkiSha256 } from '../jws/account-key.js'

/** What a list of blocked keys would hold. */
const blocked = new Set<string>()
let gateway: TestGateway
let client: AcmeClient
let other: AcmeClient
let account: string
let rsa: Signer

beforeAll(async () => {
  gateway = await startTestGateway({ change: (config) => ({ ...config, blockedKeys: blocked }) })
  client = await AcmeClient.registered(gateway)
  other = await AcmeClient.registered(gateway)
  account = client.kid ?? ''
  rsa = await makeSigner('RS256')
})
afterAll(async () => {
  await client.close()
  await other.close()
  await gateway.close()
})

type Header = Record<string, unknown>
const contact = { contact: ['mailto:attacker@example.ac.jp'] }

/** A request that would change the account, with its header, body or signature bent by hand. */
async function bent(change: (jws: Flattened) => unknown, payload: unknown = contact): Promise<AcmeReply> {
  return client.send(account, change(await client.sign(account, payload)))
}
const header = (change: (text: string) => string) => (jws: Flattened) => ({
  ...jws,
  protected: toBase64url(change(Buffer.from(jws.protected, 'base64url').toString())),
})
const members = (change: Header) =>
  header((text) => JSON.stringify({ ...(JSON.parse(text) as object), ...change }))
const signature = (change: (bytes: Buffer) => Buffer) => (jws: Flattened) => ({
  ...jws,
  signature: change(Buffer.from(jws.signature, 'base64url')).toString('base64url'),
})
/** newAccount with a key that need not be able to sign. */
const register = async (jwk: unknown): Promise<AcmeReply> => {
  const url = client.url('new-account')
  const jws = await rsaSigned(url, {}, { kid: undefined, jwk })
  return client.send(url, jws)
}
const rsaSigned = (url: string, payload: unknown, change: Header) => client.sign(url, payload, change, rsa)
const changed = (change: Header) => client.post(account, contact, change)

/** The inner JWS of a key change. */
const changeTo = (to: Signer, by = client) =>
  new FlattenedSign(Buffer.from(JSON.stringify({ account: by.kid, oldKey: by.signer.jwk })))
    .setProtectedHeader({ alg: to.alg, jwk: to.jwk, url: by.url('key-change') })
    .sign(to.privateKey)

const ecKey = (namedCurve: string) =>
  generateKeyPairSync('ec', { namedCurve }).publicKey.export({ format: 'jwk' })
const edKey = (kind: 'ed448' | 'x25519') =>
  // The types want one of the two at a time.
  generateKeyPairSync(kind as 'ed448').publicKey.export({ format: 'jwk' })
const rsaKey = (bits: number) =>
  generateKeyPairSync('rsa', { modulusLength: bits }).publicKey.export({ format: 'jwk' })
const numbers = (value: bigint) => {
  const hex = value.toString(16)
  return Buffer.from(hex.length % 2 ? `0${hex}` : hex, 'hex').toString('base64url')
}
const modulusOf = (signer: Signer) =>
  BigInt(`0x${Buffer.from(signer.jwk.n ?? '', 'base64url').toString('hex')}`)

async function macByPublicKey(): Promise<AcmeReply> {
  const { x = '', y = '' } = client.signer.jwk
  const pem = createPublicKey({ key: { kty: 'EC', crv: 'P-256', x, y }, format: 'jwk' }).export({
    format: 'pem',
    type: 'spki',
  })
  const head = toBase64url(
    JSON.stringify({ alg: 'HS256', nonce: await client.nonce(), url: account, kid: account }),
  )
  const payload = toBase64url(JSON.stringify(contact))
  const mac = createHmac('sha256', pem).update(`${head}.${payload}`).digest('base64url')
  return client.send(account, { protected: head, payload, signature: mac })
}

// The order of P-256: FIPS 186-4 §D.1.2.3.
const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n
const half = (value: bigint) => Buffer.from(value.toString(16).padStart(64, '0'), 'hex')

const cases: [string, () => Promise<AcmeReply>, string | RegExp][] = [
  ['J1 alg none', () => bent(members({ alg: 'none' })), '400 badSignatureAlgorithm'],
  ['J2 HS256 with the public key as secret', macByPublicKey, '400 badSignatureAlgorithm'],
  ['J3 RS256 over a P-256 key', () => bent(members({ alg: 'RS256' })), '400 badSignatureAlgorithm'],
  ['J3 ES384 over a P-256 key', () => bent(members({ alg: 'ES384' })), '400 badSignatureAlgorithm'],
  ['J4 a JWK whose own alg differs', () => register({ ...rsa.jwk, alg: 'ES256' }), '400 malformed'],
  ['J5 a JWK with its private part', () => register({ ...rsa.jwk, d: 'AQ' }), '400 malformed'],
  ['J6 kid and jwk', () => changed({ jwk: client.signer.jwk }), '400 malformed'],
  ['J6 neither kid nor jwk', () => changed({ kid: undefined }), '400 malformed'],
  ['J7 jwk where kid is due', () => changed({ kid: undefined, jwk: client.signer.jwk }), '400 malformed'],
  ['J7 kid where jwk is due', () => client.post(client.url('new-account'), contact), '400 malformed'],
  [
    'J8 a kid on another host',
    () => changed({ kid: account.replace('127.0.0.1', 'localhost') }),
    '400 accountDoesNotExist',
  ],
  [
    'J8 a kid on another path',
    () => changed({ kid: account.replace('/account/', '/order/') }),
    '400 accountDoesNotExist',
  ],
  ['J8 a kid with a slash behind', () => changed({ kid: `${account}/` }), '400 accountDoesNotExist'],
  [
    'J8 a kid in percent encoding',
    () => changed({ kid: account.replace('account', '%61ccount') }),
    '400 accountDoesNotExist',
  ],
  ['J8 the kid 0', () => changed({ kid: client.url('account/0') }), '400 accountDoesNotExist'],
  ['J8 the kid 2^64', () => changed({ kid: client.url(`account/${2n ** 64n}`) }), '400 accountDoesNotExist'],
  ['J8 the kid of another account', () => changed({ kid: other.kid }), '400 malformed'],
  ['J9 an unprotected header', () => bent((jws) => ({ ...jws, header: {} })), '400 malformed'],
  [
    'J9 a list of signatures',
    () => bent(({ signature: one, ...jws }) => ({ ...jws, signatures: [{ signature: one }] })),
    '400 malformed',
  ],
  ['J9 two signatures', () => bent((jws) => ({ ...jws, signatures: [jws, jws] })), '400 malformed'],
  ['J9 an empty signature', () => bent((jws) => ({ ...jws, signature: '' })), '400 malformed'],
  [
    'J10 url twice in the header',
    () => bent(header((text) => text.replace('{', `{"url":"${account}",`))),
    '400 malformed',
  ],
  [
    'J10 a member twice in the payload',
    () => client.post(account, '{"contact":[],"contact":["mailto:a@b.jp"]}'),
    '400 malformed',
  ],
  ['J11 padding', () => bent((jws) => ({ ...jws, payload: `${jws.payload}=` })), '400 malformed'],
  [
    'J11 the alphabet + and /',
    () => bent((jws) => ({ ...jws, signature: `+/${jws.signature.slice(2)}` })),
    '400 malformed',
  ],
  ['J11 white space', () => bent((jws) => ({ ...jws, signature: `${jws.signature}\n` })), '400 malformed'],
  [
    'J11 leftover bits',
    () =>
      bent((jws) => ({
        ...jws,
        signature: `${jws.signature.slice(0, -1)}${jws.signature.endsWith('h') ? 'i' : 'h'}`,
      })),
    '400 malformed',
  ],
  ['J12 crit b64', () => bent(members({ crit: ['b64'], b64: true })), '400 malformed'],
  ['J12 b64 false', () => bent(members({ b64: false })), '400 malformed'],
  ['J12 an unknown crit', () => bent(members({ crit: ['x'], x: 1 })), '400 malformed'],
  [
    'J13 a signature in DER',
    () => bent(signature(() => Buffer.from('3006020101020101', 'hex'))),
    '400 malformed',
  ],
  [
    'J13 r = 0',
    () => bent(signature((bytes) => Buffer.concat([Buffer.alloc(32), bytes.subarray(32)]))),
    '400 malformed',
  ],
  [
    'J13 s = n',
    () => bent(signature((bytes) => Buffer.concat([bytes.subarray(0, 32), half(order)]))),
    '400 malformed',
  ],
  [
    'J13 a signature of another length',
    () => bent(signature((bytes) => bytes.subarray(0, 63))),
    '400 malformed',
  ],
  ['J14 RSA 512', () => register({ ...rsa.jwk, n: numbers((1n << 511n) + 1n) }), '400 badPublicKey'],
  ['J14 RSA 1024', () => register(rsaKey(1024)), '400 badPublicKey'],
  ['J14 RSA 8192', () => register({ ...rsa.jwk, n: numbers((1n << 8191n) + 1n) }), '400 badPublicKey'],
  [
    'J14 an even modulus',
    () => register({ ...rsa.jwk, n: numbers(modulusOf(rsa) - 1n) }),
    '400 badPublicKey',
  ],
  ['J14 e = 1', () => register({ ...rsa.jwk, e: 'AQ' }), '400 badPublicKey'],
  ['J14 e = 2^64 + 1', () => register({ ...rsa.jwk, e: numbers(2n ** 64n + 1n) }), '400 badPublicKey'],
  [
    'J14 close primes',
    () => register({ ...rsa.jwk, n: numbers(((1n << 1023n) + 1155n) * ((1n << 1023n) + 1157n)) }),
    '400 badPublicKey',
  ],
  // Of an odd power Fermat's method does not find the factor: it is refused for its form.
  ['J14 ROCA', () => register({ ...rsa.jwk, n: numbers(65537n ** 129n) }), '400 badPublicKey'],
  [
    'J15 a point off the curve',
    () => register({ ...client.signer.jwk, y: client.signer.jwk.x }),
    '400 badPublicKey',
  ],
  [
    'J15 the point at infinity',
    () => register({ ...client.signer.jwk, x: 'A'.repeat(43), y: 'A'.repeat(43) }),
    '400 badPublicKey',
  ],
  [
    'J15 x not below p',
    () => register({ ...client.signer.jwk, x: Buffer.alloc(32, 0xff).toString('base64url') }),
    '400 badPublicKey',
  ],
  ['J15 secp256k1', () => register(ecKey('secp256k1')), '400 badPublicKey'],
  ['J15 P-521', () => register(ecKey('secp521r1')), '400 badPublicKey'],
  ['J15 Ed448', () => register(edKey('ed448')), '400 badPublicKey'],
  ['J15 X25519', () => register(edKey('x25519')), '400 badPublicKey'],
  ['J15 P-224', () => register({ ...client.signer.jwk, crv: 'P-224' }), '400 badPublicKey'],
  ['J17 the url of another resource', () => changed({ url: client.url('new-order') }), '403 unauthorized'],
  ['J17 http for https', () => changed({ url: account.replace('https', 'http') }), '403 unauthorized'],
  ['J17 another port', () => changed({ url: account.replace(/:\d+/, ':443') }), '403 unauthorized'],
  ['J17 a query more', () => changed({ url: `${account}?` }), '403 unauthorized'],
  ['J17 the host in capitals', () => changed({ url: account.replace('https', 'HTTPS') }), '403 unauthorized'],
  ['J18 POST-as-GET with {}', () => client.post(`${account}/orders`, '{}'), '400 malformed'],
  ['J18 POST-as-GET with null', () => client.post(`${account}/orders`, 'null'), '400 malformed'],
  ['J18 POST-as-GET with white space', () => client.post(`${account}/orders`, ' '), '400 malformed'],
  ['J20 no body', () => client.send(account, ''), '400 malformed'],
  [
    'J20 a body of 1 MiB and a byte',
    () => client.send(account, ' '.repeat(1024 * 1024 + 1)),
    '413 too-large',
  ],
  [
    'J20 100,000 levels',
    () => client.send(account, '['.repeat(30_000) + ']'.repeat(30_000)),
    '400 malformed',
  ],
  [
    'J20 __proto__ in the payload',
    () => client.post(account, '{"__proto__":{"status":"deactivated"},"contact":7}'),
    '400 malformed',
  ],
  [
    'J20 constructor in the header',
    () => bent(header((text) => text.replace('"alg"', '"constructor":{},"alg"'))),
    '400 malformed',
  ],
  ['J20 NUL', () => client.post(account, '{"contact":["mailto:a\0@b.jp"]}'), '400 malformed'],
  [
    'J20 half a surrogate pair',
    () => client.post(account, '{"contact":["mailto:\\ud83d@b.jp"]}'),
    '400 malformed',
  ],
  ['J20 a byte order mark', () => client.send(account, '\ufeff{}'), '400 malformed'],
]

describe('a hostile request', () => {
  it.each(cases)('%s', async (_name, send, wanted) => {
    const before = await traceOf(gateway)
    const reply = await send()
    expect(outcomeOf(reply)).toEqual(wanted)
    expect(reply.headers.get('content-type')).toBe('application/problem+json')
    expect(reply.headers.get('replay-nonce')).toMatch(/^[\w-]{43}$/)
    expect(reply.text).not.toMatch(/\bat .*\.[jt]s:\d+/)
    expect(await traceOf(gateway)).toEqual(before)
  })

  it('J1 to J3 are told what would be taken', async () => {
    const { body } = await bent(members({ alg: 'none' }))
    expect(body.algorithms).toEqual(['ES256', 'ES384', 'RS256', 'EdDSA'])
  })

  it('J5 a private key is told to the operator, with its account and without the key', async () => {
    const warn = vi.spyOn(gateway.env.log, 'warn')
    await register({ ...client.signer.jwk, d: 'c2VjcmV0' })
    await register({ kty: 'oct', k: 'c2VjcmV0' })
    const said = [expect.stringContaining('private key')]
    const id = account.split('/').at(-1)
    const where = { address: '127.0.0.1', path: '/new-account' }
    expect(warn.mock.calls).toEqual([
      [{ ...where, account: id, thumbprint: expect.any(String) as string }, ...said],
      [{ ...where, account: undefined, thumbprint: undefined }, ...said],
    ])
    expect(JSON.stringify(warn.mock.calls)).not.toContain('c2VjcmV0')
    warn.mockRestore()
  })

  it('J14 a key that others know is no account key: not new, not by key change, and no longer', async () => {
    const known = await makeSigner()
    blocked.add(spkiSha256(known.jwk))
    const before = await traceOf(gateway)
    const applicant = new AcmeClient(gateway, known)
    expect(outcomeOf(await applicant.register(sampleEab(gateway)))).toBe('400 badPublicKey')
    const inner = await changeTo(known)
    expect(outcomeOf(await client.post(client.url('key-change'), inner))).toBe('400 badPublicKey')
    expect(await traceOf(gateway)).toEqual(before)
    const holder = await AcmeClient.registered(gateway)
    blocked.add(spkiSha256(holder.signer.jwk))
    expect(outcomeOf(await holder.post(holder.kid ?? ''))).toBe('400 badPublicKey')
    await Promise.all([applicant.close(), holder.close()])
  })

  it('J14 the modulus of the key of an account is no other account key: not new, not by key change', async () => {
    const [first, second] = twoExponents().map(signerOf) as [Signer, Signer]
    const holder = new AcmeClient(gateway, first)
    expect(outcomeOf(await holder.register(sampleEab(gateway)))).toBe('201')
    const before = await traceOf(gateway)
    const applicant = new AcmeClient(gateway, second)
    expect(outcomeOf(await applicant.register(sampleEab(gateway)))).toBe('400 badPublicKey')
    for (const by of [client, holder])
      expect(outcomeOf(await by.post(by.url('key-change'), await changeTo(second, by)))).toBe(
        '400 badPublicKey',
      )
    expect(await traceOf(gateway)).toEqual(before)
    const fresh = signerOf(twoExponents()[1])
    expect(outcomeOf(await holder.post(holder.url('key-change'), await changeTo(fresh, holder)))).toBe('200')
    await Promise.all([holder.close(), applicant.close()])
  })

  it('J13 a signature with high s is no second request: the nonce is used up', async () => {
    const jws = await client.sign(account, undefined)
    const bytes = Buffer.from(jws.signature, 'base64url')
    const s = BigInt(`0x${bytes.subarray(32).toString('hex')}`)
    const turned = Buffer.concat([bytes.subarray(0, 32), half(order - s)]).toString('base64url')
    expect((await client.send(account, jws)).status).toBe(200)
    expect(outcomeOf(await client.send(account, { ...jws, signature: turned }))).toBe('400 badNonce')
  })

  it.each([
    ['', 415],
    ['application/json', 415],
    ['application/jose+json; charset=utf-8', 200],
    ['APPLICATION/JOSE+JSON', 200],
  ])('J16 the content type "%s" gets %i', async (type, status) => {
    const jws = await client.sign(account, undefined)
    expect((await client.send(account, jws, { 'content-type': type })).status).toBe(status)
  })

  it.each(['GET', 'PUT', 'DELETE', 'OPTIONS'] as const)(
    'J19 %s of every signed resource gets 405',
    async (method) => {
      for (const path of [
        'new-account',
        'new-order',
        'new-authz',
        'revoke-cert',
        'key-change',
        'order/x',
        'order/x/finalize',
        'order/x/confirm-installed',
        'order/x/certificate',
        'order/x/certificate/1',
        'account/x',
        'account/x/orders',
        'authorization/x',
        'challenge/x',
      ]) {
        const { status, headers } = await client.request(method, client.url(path))
        expect([path, status, headers.get('allow')]).toEqual([path, 405, 'POST'])
      }
      if (method === 'GET') return
      const { status, headers } = await client.request(method, client.url('new-nonce'))
      expect([status, headers.get('allow')]).toEqual([405, 'GET, HEAD, POST'])
    },
  )
})
