/** Rate limits (RFC 8555 §6.6) and changed terms of service (§7.3.3), through a proxy that tells the client's address. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AcmeClient, type AcmeReply, outcomeOf, sampleEab } from '../testing/acme-client.js'
import { makeEab } from '../testing/eab.js'
import { startTestGateway, type TestGateway } from '../testing/gateway.js'
import { issueFor } from '../testing/issue.js'

let gateway: TestGateway
const clients: AcmeClient[] = []

const rateLimits = {
  requestsPerMinute: 20,
  newAccountsPerHour: 2,
  newOrdersPerAccountPerHour: 3,
  newOrdersPerOrganisationPerHour: 8,
  exempt: ['127.0.0.0/8'],
}
const termsOfService = 'https://www.example.ac.jp/terms'

beforeAll(async () => {
  gateway = await startTestGateway({
    change: (config) => ({
      ...config,
      http: { drainSeconds: 0, trustedProxies: ['127.0.0.1'] },
      acme: { ...config.acme, rateLimits, termsOfService, termsChangedAt: new Date('2026-01-01') },
      organisations: config.organisations.flatMap((each) => [
        each,
        { ...each, id: 'other', domains: ['other.ac.jp'] },
      ]),
    }),
  })
})
afterAll(async () => {
  await Promise.all(clients.map((client) => client.close()))
  await gateway.close()
})

async function open(): Promise<AcmeClient> {
  const client = await AcmeClient.open(gateway)
  clients.push(client)
  return client
}

/** With an account of the organisation `other`, whose orders count apart from the sample's. */
async function registered(organisation = 'other', terms = true): Promise<AcmeClient> {
  const client = await open()
  const eab = await makeEab(gateway, {
    organisation,
    names: [organisation === 'other' ? '.other.ac.jp' : '.example.ac.jp'],
  })
  const reply = await client.register(eab, { termsOfServiceAgreed: terms })
  if (reply.status !== 201) throw new Error(reply.text)
  return client
}

const seconds = ({ headers }: AcmeReply) => Number(headers.get('retry-after'))
const helpOf = ({ headers }: AcmeReply) => /<([^>]+)>;rel="help"/.exec(headers.get('link') ?? '')?.[1] ?? ''
let count = 0
const freshName = (domain = 'other.ac.jp') => `limit${++count}.${domain}`

describe('requests of one address', () => {
  const ask = (client: AcmeClient, address: string) =>
    client.request('GET', client.url('directory'), { headers: { 'x-forwarded-for': address } })

  it('R1 are limited, with Retry-After and a page that tells the limits', async () => {
    const client = await open()
    for (let time = 0; time < 20; time++) expect((await ask(client, '192.0.2.1')).status).toBe(200)
    const reply = await ask(client, '192.0.2.1')
    expect(outcomeOf(reply)).toBe('429 rateLimited')
    expect(seconds(reply)).toBeGreaterThan(0)
    expect(seconds(reply)).toBeLessThanOrEqual(60)
    const help = await client.request('GET', helpOf(reply))
    expect([help.status, help.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
    expect(help.text).toContain('20')
    expect((await ask(client, '192.0.2.2')).status).toBe(200)
  })

  it('are counted together for a network that one machine has for itself', async () => {
    const client = await open()
    for (let time = 0; time < 20; time++) await ask(client, `2001:db8::${time + 1}`)
    expect((await ask(client, '2001:db8::ffff')).status).toBe(429)
    expect((await ask(client, '2001:db8:0:1::1')).status).toBe(200)
  })

  it('are not counted for exempt networks', async () => {
    const client = await open()
    for (let time = 0; time < 25; time++) expect((await ask(client, '127.0.0.9')).status).toBe(200)
  })
})

describe('new accounts of one address', () => {
  const register = async (client: AcmeClient, address: string) => {
    const payload = {
      externalAccountBinding: await client.binding(sampleEab(gateway)),
      termsOfServiceAgreed: true,
    }
    const jws = await client.sign(client.url('new-account'), payload)
    return client.send(client.url('new-account'), jws, { 'x-forwarded-for': address })
  }

  it('are limited; accounts that are found again do not count', async () => {
    const first = await open()
    expect((await register(first, '198.51.100.1')).status).toBe(201)
    for (let time = 0; time < 3; time++) expect((await register(first, '198.51.100.1')).status).toBe(200)
    await expect.poll(async () => (await register(await open(), '198.51.100.1')).status).toBe(201)
    const reply = await register(await open(), '198.51.100.1')
    expect(outcomeOf(reply)).toBe('429 rateLimited')
    expect(seconds(reply)).toBeGreaterThan(60)
    expect((await register(await open(), '198.51.100.2')).status).toBe(201)
  })
})

describe('new orders', () => {
  it('of one account are limited; repeats, renewals and refused ones do not count, and nothing is left', async () => {
    const client = await registered()
    const names = [freshName(), freshName(), freshName()]
    for (const name of names) expect((await client.order([name])).status).toBe(201)
    for (const name of names) expect((await client.order([name])).status).toBe(201)
    const reply = await client.order([freshName()])
    expect(outcomeOf(reply)).toBe('429 rateLimited')
    expect(seconds(reply)).toBeGreaterThan(3000)
    expect(seconds(reply)).toBeLessThanOrEqual(3600)
    expect(helpOf(reply)).toBe(client.url('help/rate-limits'))
    expect((await client.post(`${client.kid ?? ''}/orders`)).body.orders).toHaveLength(3)
  })

  it('of one organisation are limited together, but for those that replace a certificate', async () => {
    const [one, two, three] = [
      await registered('example'),
      await registered('example'),
      await registered('example'),
    ]
    const name = freshName('example.ac.jp')
    const { id } = await issueFor(gateway, one, [name])
    for (const client of [one, one, two, two, two, three, three])
      expect((await client.order([freshName('example.ac.jp')])).status).toBe(201)
    expect(outcomeOf(await three.order([freshName('example.ac.jp')]))).toBe('429 rateLimited')
    expect((await one.order([name, freshName('example.ac.jp')], { replaces: id })).status).toBe(201)
    expect((await (await registered()).order([freshName()])).status).toBe(201)
  })
})

describe('terms of service that changed', () => {
  it('have to be agreed to again before anything is ordered, by newAccount and not by an update', async () => {
    const client = await registered()
    const id = client.kid?.split('/').at(-1) ?? ''
    await gateway.env.db
      .updateTable('acme_accounts')
      .set({ terms_agreed_at: new Date('2025-12-31') })
      .where('id', '=', id)
      .execute()
    const refused = await client.order([freshName()])
    expect(outcomeOf(refused)).toBe('403 userActionRequired')
    expect(refused.headers.get('link')).toContain(`<${termsOfService}>;rel="terms-of-service"`)
    expect(refused.body.instance).toBe(client.url('help/terms'))
    const page = await client.request('GET', client.url('help/terms'))
    expect(page.text).toContain(termsOfService)
    await client.post(client.kid ?? '', { termsOfServiceAgreed: true })
    expect(outcomeOf(await client.order([freshName()]))).toBe('403 userActionRequired')
    const jwk = { kid: undefined, jwk: client.signer.jwk }
    await client.post(client.url('new-account'), { onlyReturnExisting: true }, jwk)
    expect(outcomeOf(await client.order([freshName()]))).toBe('403 userActionRequired')
    const agreed = await client.post(client.url('new-account'), { termsOfServiceAgreed: true }, jwk)
    expect([agreed.status, agreed.body.termsOfServiceAgreed]).toEqual([200, true])
    expect((await client.order([freshName()])).status).toBe(201)
  })
})
