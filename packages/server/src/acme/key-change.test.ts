/** Key change and deactivation against the real gateway (RFC 8555 §7.3.5, §7.3.6, §7.5.2). */
import { FlattenedSign } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  AcmeClient,
  type HeaderChange,
  makeSigner,
  outcomeOf,
  type Signer,
  toBase64url,
  urlOf,
} from '../testing/acme-client.js'
import { sendingNothing, startTestGateway, type TestGateway } from '../testing/gateway.js'
import { csrFor, issueFor } from '../testing/issue.js'

let gateway: TestGateway
let client: AcmeClient

beforeAll(async () => {
  gateway = await startTestGateway({ change: sendingNothing })
})
afterAll(() => gateway.close())
beforeEach(async () => {
  client = await AcmeClient.registered(gateway)
  return () => client.close()
})

interface Inner {
  header?: HeaderChange
  payload?: Record<string, unknown>
  signer?: Signer
}

async function inner(key: Signer, { header = {}, payload = {}, signer = key }: Inner = {}) {
  const statement = { account: client.kid, oldKey: client.signer.jwk, ...payload }
  return new FlattenedSign(Buffer.from(JSON.stringify(statement)))
    .setProtectedHeader({ alg: key.alg, jwk: key.jwk, url: client.url('key-change'), ...header })
    .sign(signer.privateKey)
}

const change = async (key: Signer, bend?: Inner) =>
  client.post(client.url('key-change'), await inner(key, bend))

const withKey = (signer: Signer): AcmeClient => {
  const other = new AcmeClient(gateway, signer)
  other.kid = client.kid
  return other
}

describe('keyChange', () => {
  it.each(['ES256', 'ES384', 'RS256', 'EdDSA'])(
    'takes a new %s key; the old one is refused from then on',
    async (alg) => {
      const key = await makeSigner(alg)
      const reply = await change(key)
      expect(outcomeOf(reply)).toBe('200')
      expect(reply.headers.get('location')).toBe(client.kid)
      const by = withKey(key)
      expect(outcomeOf(await by.post(client.kid!))).toBe('200')
      expect(outcomeOf(await client.post(client.kid!))).toMatch(/^400 (malformed|badSignatureAlgorithm)$/)
      await by.close()
    },
  )

  it('refuses a key that has an account, and names that account', async () => {
    const other = await AcmeClient.registered(gateway)
    const reply = await change(other.signer)
    expect(outcomeOf(reply)).toBe('409 malformed')
    expect(reply.headers.get('location')).toBe(other.kid)
    expect(outcomeOf(await change(client.signer))).toBe('409 malformed')
    await other.close()
  })

  const strangers = () => makeSigner()
  it.each<[string, () => Inner | Promise<Inner>]>([
    [
      'another account',
      () => ({ payload: { account: client.url('account/00000000-0000-7000-8000-000000000000') } }),
    ],
    ['another oldKey', async () => ({ payload: { oldKey: (await strangers()).jwk } })],
    ['an oldKey that is none', () => ({ payload: { oldKey: { kty: 'EC' } } })],
    ['a nonce', async () => ({ header: { nonce: await client.nonce() } })],
    ['another url', () => ({ header: { url: client.url('new-order') } })],
    ['the signature of the old key', () => ({ signer: client.signer })],
    ['a kid', () => ({ header: { kid: client.kid } })],
  ])('refuses an inner JWS with %s and changes nothing', async (_name, bend) => {
    expect(outcomeOf(await change(await makeSigner(), await bend()))).toBe('400 malformed')
    expect(outcomeOf(await client.post(client.kid!))).toBe('200')
  })

  it('refuses an inner JWS with another algorithm than that of the key, and tells those that are taken', async () => {
    const { jwk } = await makeSigner('ES384')
    const other = await change(await makeSigner(), { header: { alg: 'ES256', jwk } })
    // Nothing that signs with it would be looked at.
    const signed = await inner(await makeSigner())
    const header = JSON.parse(Buffer.from(signed.protected ?? '', 'base64url').toString()) as object
    const none = toBase64url(JSON.stringify({ ...header, alg: 'none' }))
    const unknown = await client.post(client.url('key-change'), { ...signed, protected: none })
    for (const reply of [other, unknown]) {
      expect(outcomeOf(reply)).toBe('400 badSignatureAlgorithm')
      expect(reply.body.algorithms).toEqual(['ES256', 'ES384', 'RS256', 'EdDSA'])
    }
  })

  it('refuses a key that is one of a certificate', async () => {
    const { signer } = await issueFor(gateway, client, ['rolled.example.ac.jp'])
    expect(outcomeOf(await change(signer))).toBe('400 badPublicKey')
    expect(outcomeOf(await client.post(client.kid!))).toBe('200')
  })

  it('refuses a payload that is no JWS', async () => {
    expect(outcomeOf(await client.post(client.url('key-change'), {}))).toBe('400 malformed')
    expect(outcomeOf(await client.post(client.url('key-change')))).toBe('400 malformed')
  })

  it('lets one of several changes at once win', async () => {
    const keys = await Promise.all([makeSigner(), makeSigner(), makeSigner()])
    const replies = await Promise.all(keys.map((key) => change(key)))
    const outcomes = replies.map(outcomeOf)
    expect(outcomes.filter((outcome) => outcome === '200')).toHaveLength(1)
    expect(
      outcomes
        .filter((outcome) => outcome !== '200')
        .every((outcome) => /unauthorized|malformed/.test(outcome)),
    ).toBe(true)
  })

  it('gives a key wanted by two accounts at once to one of them', async () => {
    const other = await AcmeClient.registered(gateway)
    const key = await makeSigner()
    const mine = await inner(key)
    const theirs = await inner(key, { payload: { account: other.kid, oldKey: other.signer.jwk } })
    const url = client.url('key-change')
    const replies = await Promise.all([client.post(url, mine), other.post(url, theirs)])
    expect(replies.map(outcomeOf).sort()).toEqual(['200', '409 malformed'])
    await other.close()
  })
})

const stateOf = async (order: string) =>
  (
    await gateway.env.db
      .selectFrom('acme_orders')
      .innerJoin('applications', 'applications.id', 'application_id')
      .select('applications.state')
      .where('acme_orders.id', '=', order.split('/').at(-1) ?? '')
      .executeTakeFirstOrThrow()
  ).state

describe('deactivating an account', () => {
  it('stops what is queued, and lets go on what is in a sealed batch', async () => {
    const orders = []
    for (const name of ['queued.example.ac.jp', 'batched.example.ac.jp']) {
      const order = await client.order([name])
      await client.post(String(order.body.finalize), { csr: await csrFor([name]) })
      orders.push(urlOf(order))
    }
    await gateway.env.db
      .updateTable('applications')
      .set({ state: 'batched' })
      .where('common_name', '=', 'batched.example.ac.jp')
      .execute()
    expect(outcomeOf(await client.post(client.kid!, { status: 'deactivated' }))).toBe('200')
    expect(await Promise.all(orders.map(stateOf))).toEqual(['rejected', 'batched'])
  })
})

describe('deactivating an authorization', () => {
  it('ends the orders that need it, and no others', async () => {
    const order = await client.order(['one.example.ac.jp', 'two.example.ac.jp'])
    const other = await client.order(['two.example.ac.jp'])
    const [first] = order.body.authorizations as string[]
    const reply = await client.post(first!, { status: 'deactivated' })
    expect(reply.body.status).toBe('deactivated')
    const [ended, untouched] = await Promise.all([order, other].map((each) => client.post(urlOf(each))))
    expect(ended!.body).toMatchObject({
      status: 'invalid',
      error: { type: 'urn:ietf:params:acme:error:unauthorized' },
    })
    expect(untouched!.body.status).toBe('ready')
  })

  it('is refused for any other status and any other account', async () => {
    const [url] = (await client.order(['three.example.ac.jp'])).body.authorizations as string[]
    expect(outcomeOf(await client.post(url!, { status: 'valid' }))).toBe('400 malformed')
    const other = await AcmeClient.registered(gateway)
    expect(outcomeOf(await other.post(url!, { status: 'deactivated' }))).toBe('404 malformed')
    expect((await client.post(url!)).body.status).toBe('valid')
    await other.close()
  })
})
