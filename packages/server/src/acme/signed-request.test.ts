/** Every way in which a signed request can be wrong, against the real gateway (RFC 8555 §6). */
import { createHash, createHmac } from 'node:crypto'
import { FlattenedSign } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  AcmeClient,
  type AcmeReply,
  outcomeOf,
  type Flattened,
  makeSigner,
  sampleEab,
  toBase64url,
} from '../testing/acme-client.js'
import { startTestGateway, type TestGateway } from '../testing/gateway.js'

let gateway: TestGateway
let client: AcmeClient
let account: string

beforeAll(async () => {
  gateway = await startTestGateway()
  client = await AcmeClient.registered(gateway)
  account = client.kid ?? ''
})
afterAll(async () => {
  await client.close()
  await gateway.close()
})

/** Everything a refusal must have, whatever it refuses. */
function expectRefusal(reply: AcmeReply, wanted: string): void {
  expect(outcomeOf(reply)).toBe(wanted)
  expect(reply.headers.get('content-type')).toBe('application/problem+json')
  expect(reply.headers.get('replay-nonce')).toMatch(/^[\w-]{43}$/)
  expect(reply.headers.get('link')).toBe(`<${client.url('directory')}>;rel="index"`)
  expect(reply.text).not.toMatch(/at .*\.ts:/)
}

const withHeader = (change: Record<string, unknown>) => client.post(account, undefined, change)
const edited = async (edit: (jws: Flattened) => unknown, payload?: unknown) =>
  client.send(account, edit(await client.sign(account, payload)))

const rewriteHeader = (jws: Flattened, edit: (json: string) => string): Flattened => ({
  ...jws,
  protected: toBase64url(edit(Buffer.from(jws.protected, 'base64url').toString())),
})

describe('the form of a JWS', () => {
  const deep = '['.repeat(20_000) + ']'.repeat(20_000)
  it.each<[string, () => Promise<AcmeReply>, string]>([
    ['an empty body', () => client.send(account, ''), '400 malformed'],
    ['text', () => client.send(account, 'hello'), '400 malformed'],
    ['a list', () => edited((jws) => [jws]), '400 malformed'],
    ['a byte order mark', () => edited((jws) => `\ufeff${JSON.stringify(jws)}`), '400 malformed'],
    ['a body that is deep', () => client.send(account, deep), '400 malformed'],
    ['an unprotected header', () => edited((jws) => ({ ...jws, header: { alg: 'ES256' } })), '400 malformed'],
    ['several signatures', () => edited((jws) => ({ ...jws, signatures: [jws] })), '400 malformed'],
    [
      'the compact form',
      () => edited((jws) => `${jws.protected}.${jws.payload}.${jws.signature}`),
      '400 malformed',
    ],
    ['no signature', () => edited(({ signature: _, ...jws }) => jws), '400 malformed'],
    ['an empty signature', () => edited((jws) => ({ ...jws, signature: '' })), '400 malformed'],
    ['a number as payload', () => edited((jws) => ({ ...jws, payload: 1 })), '400 malformed'],
    ['padding', () => edited((jws) => ({ ...jws, payload: 'e30=' })), '400 malformed'],
    ['the plain alphabet', () => edited((jws) => ({ ...jws, signature: '+/+/' })), '400 malformed'],
    ['leftover bits', () => edited((jws) => ({ ...jws, payload: 'e31' })), '400 malformed'],
    [
      'a body member twice',
      () => edited((jws) => JSON.stringify(jws).replace('{', '{"payload":"",')),
      '400 malformed',
    ],
    ['a payload member twice', () => client.post(account, '{"contact":[],"contact":[]}'), '400 malformed'],
    ['a payload that is not JSON', () => client.post(account, '{'), '400 malformed'],
    ['a payload that is a list', () => client.post(account, '[]'), '400 malformed'],
    [
      'a header member twice',
      () => edited((jws) => rewriteHeader(jws, (text) => text.replace('{', '{"url":"x",'))),
      '400 malformed',
    ],
    [
      'a header that is a list',
      () => edited((jws) => rewriteHeader(jws, (text) => `[${text}]`)),
      '400 malformed',
    ],
  ])('%s is refused', async (_, send, wanted) => {
    expectRefusal(await send(), wanted)
  })

  it('takes a body of the largest size and refuses the next', async () => {
    const jws = JSON.stringify(await client.sign(account, undefined))
    expect((await client.send(account, jws.padEnd(64 * 1024))).status).toBe(200)
    expectRefusal(await client.send(account, jws.padEnd(64 * 1024 + 1)), '413 too-large')
  })

  it('takes members it does not know, at every place', async () => {
    const reply = await edited((jws) => ({ ...jws, note: 1 }), { note: { more: [] } })
    expect(reply.status).toBe(200)
  })
})

describe('the protected header', () => {
  it.each<[string, Record<string, unknown>, string]>([
    ['no alg', { alg: 'ES256', kid: undefined, jwk: undefined }, '400 malformed'],
    ['kid and jwk', { jwk: {} }, '400 malformed'],
    ['a kid that is a number', { kid: 1 }, '400 malformed'],
    ['an extension that must be understood', { crit: ['exp'], exp: 1 }, '400 malformed'],
    ['a payload that is not encoded', { b64: true }, '400 malformed'],
    ['no url', { url: undefined }, '400 malformed'],
    ['a url that is a list', { url: [] }, '400 malformed'],
    ['no nonce', { nonce: undefined }, '400 badNonce'],
    ['an empty nonce', { nonce: '' }, '400 badNonce'],
    ['a nonce of another alphabet', { nonce: 'äöü' }, '400 badNonce'],
    ['a nonce of ten kilobytes', { nonce: 'A'.repeat(10_000) }, '400 badNonce'],
    ['a nonce of our form that is not ours', { nonce: 'A'.repeat(43) }, '400 badNonce'],
  ])('with %s is refused', async (_, change, wanted) => {
    // jose itself signs no unknown crit: such headers are written by hand.
    const reply =
      'crit' in change || 'b64' in change
        ? await edited((jws) =>
            rewriteHeader(jws, (text) => JSON.stringify({ ...(JSON.parse(text) as object), ...change })),
          )
        : await withHeader(change)
    expectRefusal(reply, wanted)
  })

  it.each(['none', 'HS256', 'RS512', 'PS256', 'ES512', 'ES256K', 'Ed448', ''])(
    'with alg %s is refused, and told what would be taken',
    async (alg) => {
      const reply = await edited((jws) =>
        rewriteHeader(jws, (text) => text.replace('"ES256"', JSON.stringify(alg))),
      )
      expectRefusal(reply, '400 badSignatureAlgorithm')
      expect(reply.body.algorithms).toEqual(['ES256', 'ES384', 'RS256', 'EdDSA'])
    },
  )

  it('with HS256 and the public key as secret is refused', async () => {
    const header = toBase64url(
      JSON.stringify({ alg: 'HS256', nonce: await client.nonce(), url: account, kid: account }),
    )
    const secret = JSON.stringify(client.signer.jwk)
    const signature = createHmac('sha256', secret).update(`${header}.`).digest('base64url')
    expectRefusal(
      await client.send(account, { protected: header, payload: '', signature }),
      '400 badSignatureAlgorithm',
    )
  })

  it('with an algorithm that does not fit the key is refused', async () => {
    const rsa = await makeSigner('RS256')
    const url = client.url('new-account')
    const jws = await client.sign(url, {}, { kid: undefined, jwk: client.signer.jwk }, rsa)
    expectRefusal(await client.send(url, jws), '400 badSignatureAlgorithm')
  })

  it.each<[string, (url: string) => string]>([
    ['another resource', (url) => url.replace('/account/', '/order/')],
    ['another scheme', (url) => url.replace('https:', 'http:')],
    ['another host', (url) => url.replace('127.0.0.1', 'localhost')],
    ['another port', (url) => url.replace(/:\d+/, ':1')],
    ['a query', (url) => `${url}?x=1`],
    ['a slash at the end', (url) => `${url}/`],
    ['letters in percent encoding', (url) => url.replace('account', '%61ccount')],
  ])('with the url of %s is refused', async (_, change) => {
    expectRefusal(await withHeader({ url: change(account) }), '403 unauthorized')
  })

  it.each<[string, (kid: string) => string]>([
    ['of nobody', (kid) => kid.replace(/.{8}$/, '00000000')],
    ['on another host', (kid) => kid.replace('127.0.0.1', 'localhost')],
    ['with another path', (kid) => kid.replace('/account/', '/accounts/')],
    ['with a slash at the end', (kid) => `${kid}/`],
    ['in percent encoding', (kid) => kid.replace('account', '%61ccount')],
    ['that is no URL', () => '0'],
    ['that is empty', () => ''],
    ['that climbs', (kid) => kid.replace(/\/[^/]+$/, '/../account/x')],
  ])('with a kid %s is refused', async (_, change) => {
    expectRefusal(await withHeader({ kid: change(account) }), '400 accountDoesNotExist')
  })

  it('with the kid of another account is refused: the signature is not that one’s', async () => {
    const other = await AcmeClient.registered(gateway)
    expectRefusal(await withHeader({ kid: other.kid }), '400 malformed')
    await other.close()
  })

  it('needs kid where the account is known, and jwk where it is not', async () => {
    expectRefusal(await withHeader({ kid: undefined, jwk: client.signer.jwk }), '400 malformed')
    expectRefusal(await client.post(client.url('new-account'), {}), '400 malformed')
  })
})

describe('the signature', () => {
  const flip = (text: string, index: number) => {
    const bytes = Buffer.from(text, 'base64url')
    bytes[index] = (bytes[index] ?? 0) ^ 1
    return bytes.toString('base64url')
  }
  it.each<[string, (signature: string) => string]>([
    ['changed by a bit', (signature) => flip(signature, 40)],
    ['cut short', (signature) => Buffer.from(signature, 'base64url').subarray(1).toString('base64url')],
    [
      'with r = 0',
      (signature) =>
        Buffer.concat([Buffer.alloc(32), Buffer.from(signature, 'base64url').subarray(32)]).toString(
          'base64url',
        ),
    ],
    ['of zeros', () => Buffer.alloc(64).toString('base64url')],
    ['in DER', () => Buffer.from('3006020101020101', 'hex').toString('base64url')],
  ])('%s is refused', async (_, change) => {
    expectRefusal(await edited((jws) => ({ ...jws, signature: change(jws.signature) })), '400 malformed')
  })

  it('over another payload is refused', async () => {
    expectRefusal(await edited((jws) => ({ ...jws, payload: toBase64url('{}') })), '400 malformed')
  })

  it('by another key is refused', async () => {
    const jws = await client.sign(account, undefined, {}, await makeSigner())
    expectRefusal(await client.send(account, jws), '400 malformed')
  })

  it('refused does not use up the nonce', async () => {
    const jws = await client.sign(account, undefined)
    await client.send(account, { ...jws, signature: flip(jws.signature, 0) })
    expect((await client.send(account, jws)).status).toBe(200)
  })
})

describe('nonces', () => {
  it('are taken once', async () => {
    const jws = await client.sign(account, undefined)
    expect((await client.send(account, jws)).status).toBe(200)
    expectRefusal(await client.send(account, jws), '400 badNonce')
  })

  it('are taken once of sixteen at the same time, reading and writing', async () => {
    for (const payload of [undefined, { contact: ['mailto:a@example.ac.jp'] }]) {
      const jws = await client.sign(account, payload)
      const replies = await Promise.all(Array.from({ length: 16 }, () => client.send(account, jws)))
      expect(replies.filter(({ status }) => status === 200)).toHaveLength(1)
      expect(replies.filter((reply) => outcomeOf(reply) === '400 badNonce')).toHaveLength(15)
    }
  })

  it('of a refused request are used up: what it asked for cannot be asked again by who overheard it', async () => {
    const jws = await client.sign(client.url('new-order'), {
      identifiers: [{ type: 'dns', value: 'www.example.com' }],
    })
    expectRefusal(await client.send(client.url('new-order'), jws), '400 rejectedIdentifier')
    expectRefusal(await client.send(client.url('new-order'), jws), '400 badNonce')
  })

  it('come with every answer to a POST and can be used', async () => {
    const first = await client.post(account)
    const nonce = first.headers.get('replay-nonce')
    expect((await client.post(account, undefined, { nonce })).status).toBe(200)
  })

  it('are given to HEAD and GET, and kept by no cache', async () => {
    for (const [method, status] of [
      ['HEAD', 200],
      ['GET', 204],
    ] as const) {
      const reply = await client.request(method, client.url('new-nonce'))
      expect(reply.status).toBe(status)
      expect(reply.headers.get('cache-control')).toBe('no-store')
      expect(reply.headers.get('replay-nonce')).toMatch(/^[\w-]{43}$/)
      expect(reply.headers.get('link')).toBe(`<${client.url('directory')}>;rel="index"`)
    }
  })
})

describe('HTTP', () => {
  it.each([
    ['application/jose+json', 200],
    ['application/jose+json; charset=utf-8', 200],
    ['Application/JOSE+JSON', 200],
    ['application/json', 415],
    ['', 415],
    ['text/plain', 415],
  ])('content type "%s": %i', async (contentType, status) => {
    const reply = await client.send(account, await client.sign(account, undefined), {
      'content-type': contentType,
    })
    expect(reply.status).toBe(status)
  })

  it.each(['GET', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'] as const)(
    '%s of a signed resource is not allowed',
    async (method) => {
      const reply = await client.request(method, account)
      expect(outcomeOf(reply)).toBe('405 malformed')
      expect(reply.headers.get('allow')).toBe('POST')
    },
  )

  it('no origin is told that it may read answers', async () => {
    const reply = await client.request('GET', client.url('directory'), {
      headers: { origin: 'https://a.example' },
    })
    expect(reply.headers.get('access-control-allow-origin')).toBeNull()
  })

  it('the payload of a resource that is only read is empty', async () => {
    for (const payload of ['{}', 'null', ' '])
      expectRefusal(await client.post(`${account}/orders`, payload), '400 malformed')
  })

  it('a host that is no host is refused', async () => {
    const reply = await client.request('GET', client.url('directory'), { headers: { host: 'a/b' } })
    expect(reply.status).toBe(400)
  })

  it('addresses stand on the name by which the gateway was reached', async () => {
    const localhost = client.url('directory').replace('127.0.0.1', 'localhost')
    const { body } = await client.request('GET', localhost)
    expect(body.newNonce).toBe(client.url('new-nonce').replace('127.0.0.1', 'localhost'))
  })
})

describe('a signer whose account the gateway has in memory', () => {
  it('is refused as soon as the store has another key for it', async () => {
    const other = await AcmeClient.registered(gateway)
    expect((await other.post(other.kid ?? '')).status).toBe(200)
    const thumbprint = createHash('sha256').update('another').digest('base64url')
    const id = other.kid?.split('/').at(-1) ?? ''
    await gateway.env.db.updateTable('acme_accounts').set({ thumbprint }).where('id', '=', id).execute()
    expectRefusal(await other.post(other.kid ?? ''), '403 unauthorized')
    await other.close()
  })

  it('is told so when it uses the EAB of the sample organisation with alg EdDSA, ES384 and RS256', async () => {
    for (const alg of ['EdDSA', 'ES384', 'RS256']) {
      const other = await AcmeClient.open(gateway, alg)
      expect((await other.register(sampleEab(gateway))).status).toBe(201)
      expect((await other.post(other.kid ?? '')).status).toBe(200)
      await other.close()
    }
  })

  it('takes no compact trick: a key in the header beside the kid of its account', async () => {
    const jws = await new FlattenedSign(Buffer.from(''))
      .setProtectedHeader({
        alg: 'ES256',
        nonce: await client.nonce(),
        url: account,
        kid: account,
        jwk: client.signer.jwk,
      })
      .sign(client.signer.privateKey)
    expectRefusal(await client.send(account, jws), '400 malformed')
  })
})
