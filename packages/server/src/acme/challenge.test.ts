/** Authorization by challenge against the real gateway, a real DNS server and a real web server (RFC 8555 §7.5, §8). */
import { createHash } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import { calculateJwkThumbprint } from 'jose'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { AcmeClient, type AcmeReply, outcomeOf, urlOf } from '../testing/acme-client.js'
import { type DnsServer, startDnsServer } from '../testing/dns-server.js'
import { sendingNothing, startTestGateway, type TestGateway } from '../testing/gateway.js'
import { csrFor } from '../testing/issue.js'

let gateway: TestGateway
let client: AcmeClient
let dns: DnsServer
let web: Server
/** Answers of the web server, by path. */
const pages = new Map<string, string>()
let fetched = 0

beforeAll(async () => {
  dns = await startDnsServer()
  web = createServer(({ url = '' }, response) => {
    fetched++
    response.end(pages.get(url) ?? 'nothing')
  })
  await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve))
  const { port } = web.address() as AddressInfo
  gateway = await startTestGateway({
    change: (config) => ({
      ...sendingNothing(config),
      organisations: config.organisations.map((each) => ({ ...each, authorization: 'challenge' })),
      acme: {
        ...config.acme,
        validation: {
          resolvers: [dns.address],
          allowedNetworks: ['127.0.0.0/8'],
          httpPort: port,
          tlsPort: 443,
        },
      },
    }),
  })
})
afterAll(async () => {
  await gateway.close()
  web.close()
  await dns.close()
})
beforeEach(async () => {
  client = await AcmeClient.registered(gateway)
  return () => client.close()
})

interface Challenge {
  type: string
  url: string
  token: string
  status: string
  error?: { type: string }
}

let counter = 0
const freshName = () => `challenged${++counter}.example.ac.jp`

async function open(names: string[]) {
  const order = await client.order(names)
  const [authorization = ''] = order.body.authorizations as string[]
  const challenges = (await client.post(authorization)).body.challenges as Challenge[]
  const of = (type: string) => challenges.find((each) => each.type === type)!
  return { order, authorization, of }
}

const keyAuthorization = async ({ token }: Challenge) =>
  `${token}.${await calculateJwkThumbprint(client.signer.jwk)}`

async function prepareHttp(name: string, challenge: Challenge): Promise<void> {
  dns.records.set(`A ${name}`, ['127.0.0.1'])
  pages.set(`/.well-known/acme-challenge/${challenge.token}`, await keyAuthorization(challenge))
}

const settled = async (url: string): Promise<AcmeReply> =>
  expect
    .poll(() => client.post(url), { timeout: 10_000 })
    .toSatisfy((reply: AcmeReply) => !['pending', 'processing'].includes(String(reply.body.status)))
    .then(() => client.post(url))

describe('an order whose names must be shown', () => {
  it('becomes ready when http-01 is met, and can be finalized', async () => {
    const name = freshName()
    const { order, authorization, of } = await open([name])
    expect(order.body.status).toBe('pending')
    const early = await client.post(String(order.body.finalize), { csr: await csrFor([name]) })
    expect(outcomeOf(early)).toBe('403 orderNotReady')
    await prepareHttp(name, of('http-01'))
    const asked = await client.post(of('http-01').url, {})
    expect(asked.body.status).toBe('processing')
    expect(asked.headers.get('link')).toContain(`<${authorization}>;rel="up"`)
    const shown = await settled(authorization)
    expect(shown.body).toMatchObject({ status: 'valid', challenges: [{ type: 'http-01', status: 'valid' }] })
    expect((await client.post(urlOf(order))).body.status).toBe('ready')
    const done = await client.post(String(order.body.finalize), { csr: await csrFor([name]) })
    expect(done.body.status).toBe('processing')
  })

  it('becomes ready when dns-01 is met', async () => {
    const name = freshName()
    const { order, authorization, of } = await open([name])
    const digest = createHash('sha256')
      .update(await keyAuthorization(of('dns-01')))
      .digest('base64url')
    dns.records.set(`TXT _acme-challenge.${name}`, [digest])
    await client.post(of('dns-01').url, {})
    expect((await settled(authorization)).body.status).toBe('valid')
    expect((await client.post(urlOf(order))).body.status).toBe('ready')
  })

  it('stays pending until every name is shown', async () => {
    const names = [freshName(), freshName()]
    const { order, authorization, of } = await open(names)
    await prepareHttp(names[0]!, of('http-01'))
    await client.post(of('http-01').url, {})
    await settled(authorization)
    expect((await client.post(urlOf(order))).body.status).toBe('pending')
    const refused = await client.post(String(order.body.finalize), { csr: await csrFor(names) })
    expect(outcomeOf(refused)).toBe('403 orderNotReady')
  })

  it('ends invalid with the reason when the answer is wrong, and the next order starts anew', async () => {
    const name = freshName()
    const { order, authorization, of } = await open([name])
    dns.records.set(`A ${name}`, ['127.0.0.1'])
    await client.post(of('http-01').url, {})
    expect((await settled(authorization)).body).toMatchObject({
      status: 'invalid',
      challenges: [{ status: 'invalid', error: { type: 'urn:ietf:params:acme:error:unauthorized' } }],
    })
    expect((await client.post(urlOf(order))).body).toMatchObject({
      status: 'invalid',
      error: { type: 'urn:ietf:params:acme:error:unauthorized' },
    })
    const next = await client.order([name])
    expect(urlOf(next)).not.toBe(urlOf(order))
    expect(next.body.status).toBe('pending')
  })

  it('is refused by CAA though the challenge is met', async () => {
    const name = freshName()
    const { authorization, of } = await open([name])
    await prepareHttp(name, of('http-01'))
    dns.records.set(`CAA ${name}`, ['0 issue other.example'])
    await client.post(of('http-01').url, {})
    expect((await settled(authorization)).body.challenges).toMatchObject([
      { error: { type: 'urn:ietf:params:acme:error:caa' } },
    ])
  })

  it('tries again what may pass by itself', async () => {
    const name = freshName()
    const { authorization, of } = await open([name])
    const challenge = of('dns-01')
    await client.post(challenge.url, {})
    await expect
      .poll(async () => (await client.post(challenge.url)).body.error, { timeout: 10_000 })
      .toMatchObject({ type: 'urn:ietf:params:acme:error:dns' })
    expect((await client.post(challenge.url)).body.status).toBe('processing')
    const digest = createHash('sha256')
      .update(await keyAuthorization(challenge))
      .digest('base64url')
    dns.records.set(`TXT _acme-challenge.${name}`, [digest])
    expect((await settled(authorization)).body.status).toBe('valid')
  })

  it('is ready at once while the name stays shown', async () => {
    const name = freshName()
    const { authorization, of } = await open([name])
    await prepareHttp(name, of('http-01'))
    await client.post(of('http-01').url, {})
    await settled(authorization)
    expect((await client.order([name], { profile: 'p384' })).body.status).toBe('ready')
  })
})

/** RFC 8555 §7.1.6: an order one of whose authorizations has ended is invalid. */
describe('an order one of whose authorizations ends before a week', () => {
  async function show(name: string): Promise<string> {
    const { authorization, of } = await open([name])
    await prepareHttp(name, of('http-01'))
    await client.post(of('http-01').url, {})
    await settled(authorization)
    return authorization
  }

  const change = (authorization: string, to: { expires_at?: Date; status?: 'expired' }) =>
    gateway.env.db
      .updateTable('acme_authorizations')
      .set(to)
      .where('id', '=', authorization.split('/').at(-1)!)
      .execute()

  const expiresOf = ({ body }: AcmeReply) => Date.parse(String(body.expires))

  it('ends with it, and the next order asks for that name again', async () => {
    const name = freshName()
    const authorization = await show(name)
    const expiresAt = new Date(Date.now() + 3000)
    await change(authorization, { expires_at: expiresAt })
    const order = await client.order([name, freshName()])
    expect(expiresOf(order)).toBe(expiresAt.getTime())
    await expect
      .poll(() => client.post(urlOf(order)), { timeout: 20_000 })
      .toMatchObject({ body: { status: 'invalid' } })
    const names = (order.body.identifiers as { value: string }[]).map(({ value }) => value)
    const next = await client.order(names)
    expect([urlOf(next) === urlOf(order), next.body.status]).toEqual([false, 'pending'])
    expect(next.body.authorizations).not.toContain((order.body.authorizations as string[])[0])
  })

  it('has the whole week for a name that is still to be shown', async () => {
    const name = freshName()
    const { authorization } = await open([name])
    await change(authorization, { expires_at: new Date(Date.now() + 60_000) })
    const order = await client.order([name, freshName()])
    expect(order.body.authorizations).toContain(authorization)
    const shown = await client.post(authorization)
    expect(expiresOf(shown)).toBe(expiresOf(order))
    expect(expiresOf(order)).toBeGreaterThan(Date.now() + 6 * 86_400_000)
  })

  it('is not given again when it has ended otherwise', async () => {
    const name = freshName()
    const authorization = await show(name)
    const wanted = { profile: 'p384' }
    const order = await client.order([name], wanted)
    await change(authorization, { status: 'expired' })
    const refused = await client.post(String(order.body.finalize), { csr: await csrFor([name]) })
    expect(outcomeOf(refused)).toBe('403 orderNotReady')
    const next = await client.order([name], wanted)
    expect([urlOf(next) === urlOf(order), next.body.status]).toEqual([false, 'pending'])
  })
})

describe('a challenge', () => {
  it('has a token of 256 bits that no other one has', async () => {
    const { of } = await open([freshName()])
    const tokens = (['http-01', 'dns-01', 'tls-alpn-01'] as const).map((type) => of(type).token)
    for (const token of tokens) expect(token).toMatch(/^[\w-]{43}$/)
    expect(new Set(tokens).size).toBe(3)
  })

  it('V9 is fetched once, however often it is answered', async () => {
    const name = freshName()
    const { authorization, of } = await open([name])
    await prepareHttp(name, of('http-01'))
    const before = fetched
    await Promise.all(Array.from({ length: 10 }, () => client.post(of('http-01').url, {})))
    await settled(authorization)
    await Promise.all(Array.from({ length: 10 }, () => client.post(of('http-01').url, {})))
    expect(fetched - before).toBe(1)
  })

  it('V9 is not fetched again once its authorization is invalid, nor are the others of that name', async () => {
    const name = freshName()
    const { authorization, of } = await open([name])
    dns.records.set(`A ${name}`, ['127.0.0.1'])
    await client.post(of('http-01').url, {})
    await settled(authorization)
    const before = fetched
    for (const type of ['http-01', 'dns-01', 'tls-alpn-01']) {
      const reply = await client.post(of(type).url, {})
      expect([type, reply.status, reply.body.status]).toEqual([
        type,
        200,
        type === 'http-01' ? 'invalid' : 'pending',
      ])
    }
    expect((await client.post(authorization)).body.status).toBe('invalid')
    expect(fetched - before).toBe(0)
  })

  it('is as unknown to another account as one that does not exist', async () => {
    const { of } = await open([freshName()])
    const other = await AcmeClient.registered(gateway)
    expect(outcomeOf(await other.post(of('http-01').url, {}))).toBe('404 malformed')
    expect((await client.post(of('http-01').url)).body.status).toBe('pending')
    await other.close()
  })

  it.each([
    ['text', '"x"'],
    ['a list', '[]'],
    ['null', 'null'],
  ])('is not answered by %s', async (_name, payload) => {
    const { of } = await open([freshName()])
    expect(outcomeOf(await client.post(of('http-01').url, payload))).toBe('400 malformed')
  })

  describe('of an account of which 20 may fail a day', () => {
    const idOf = (url: string) => url.split('/').at(-1) ?? ''
    /** As if so many had failed now. */
    async function fail(times: number, at = new Date()): Promise<void> {
      for (let count = 0; count < times; count++) {
        const { of } = await open([freshName()])
        await set(of('dns-01'), { failed_at: at, status: 'invalid' })
      }
    }
    const set = (
      challenge: Challenge,
      change: { failed_at?: Date; status: 'invalid' | 'processing'; due_at?: Date },
    ) =>
      gateway.env.db
        .updateTable('acme_challenges')
        .set(change)
        .where('id', '=', idOf(challenge.url))
        .execute()
    /** Of a name where nothing is to be found: it fails. */
    const answerOne = async () => {
      const name = freshName()
      dns.records.set(`A ${name}`, ['127.0.0.1'])
      const { of } = await open([name])
      const reply = await client.post(of('http-01').url, {})
      return { reply, challenge: of('http-01') }
    }

    it('takes an answer after 19 failures, and none after 20', async () => {
      await fail(19)
      const last = await answerOne()
      expect(last.reply.status).toBe(200)
      await settled(last.challenge.url)
      const { reply, challenge } = await answerOne()
      expect(outcomeOf(reply)).toBe('429 rateLimited')
      expect(Number(reply.headers.get('retry-after'))).toBeGreaterThan(86_000)
      expect((await client.post(challenge.url)).body.status).toBe('pending')
    })

    it('counts those under way, and gives back the place of one that is met', async () => {
      await fail(19)
      const name = freshName()
      const { of, authorization } = await open([name])
      const waiting = of('http-01')
      // Under way, and not yet looked at.
      await set(waiting, { status: 'processing', due_at: new Date(Date.now() + 60_000) })
      const { reply, challenge } = await answerOne()
      expect(outcomeOf(reply)).toBe('429 rateLimited')
      expect(Number(reply.headers.get('retry-after'))).toBeLessThanOrEqual(5)
      await prepareHttp(name, waiting)
      await set(waiting, { status: 'processing', due_at: new Date() })
      gateway.env.ring('validate')
      expect((await settled(authorization)).body.status).toBe('valid')
      expect((await client.post(challenge.url, {})).status).toBe(200)
    })

    it('takes no more than may fail, when forty are answered at once', async () => {
      await fail(15)
      const opened = await Promise.all(Array.from({ length: 40 }, () => open([freshName()])))
      for (const { order } of opened) {
        const [{ value } = { value: '' }] = order.body.identifiers as { value: string }[]
        dns.records.set(`A ${value}`, ['127.0.0.1'])
      }
      const replies = await Promise.all(opened.map(({ of }) => client.post(of('http-01').url, {})))
      const taken = opened.filter((_, index) => replies[index]?.status === 200)
      // As soon as one has failed there is as little room as before.
      expect(taken).toHaveLength(5)
      for (const { of } of taken) expect((await settled(of('http-01').url)).body.status).toBe('invalid')
      expect(outcomeOf((await answerOne()).reply)).toBe('429 rateLimited')
    })

    it('forgets failures after a day', async () => {
      await fail(20, new Date(Date.now() - 86_400_000))
      expect((await answerOne()).reply.status).toBe(200)
    })
  })

  it('that waits to be tried again is tried at once when it is answered again, and tells when to look', async () => {
    const name = freshName()
    const { authorization, of } = await open([name])
    const challenge = of('http-01')
    const id = challenge.url.split('/').at(-1) ?? ''
    const error = JSON.stringify({ problem: 'dns', detail: { en: 'x', ja: 'x' } })
    const waiting = {
      status: 'processing' as const,
      error,
      attempts: 3,
      due_at: new Date(Date.now() + 39_000),
    }
    await gateway.env.db.updateTable('acme_challenges').set(waiting).where('id', '=', id).execute()
    const shown = await client.post(challenge.url)
    expect(Number(shown.headers.get('retry-after'))).toBeGreaterThan(30)
    await prepareHttp(name, challenge)
    expect(Number((await client.post(challenge.url, {})).headers.get('retry-after'))).toBe(2)
    expect((await settled(authorization)).body.status).toBe('valid')
  })
})

describe('newAuthz', () => {
  it('authorizes a name before there is an order', async () => {
    const name = freshName()
    const identifier = { type: 'dns', value: name }
    const reply = await client.post(client.url('new-authz'), { identifier })
    expect(outcomeOf(reply)).toBe('201')
    expect(reply.body).toMatchObject({ identifier, status: 'pending' })
    const order = await client.order([name])
    expect(order.body.authorizations).toEqual([urlOf(reply)])
  })

  it('refuses names that the approval does not cover', async () => {
    const identifier = { type: 'dns', value: 'www.example.com' }
    expect(outcomeOf(await client.post(client.url('new-authz'), { identifier }))).toBe(
      '403 rejectedIdentifier',
    )
  })

  it('refuses what is no host name', async () => {
    const identifier = { type: 'ip', value: '192.0.2.1' }
    const reply = await client.post(client.url('new-authz'), { identifier })
    expect(outcomeOf(reply)).toBe('403 unsupportedIdentifier')
    expect(reply.body.subproblems).toMatchObject([{ identifier }])
  })
})
