/** EAB credentials over REST, used by a real ACME account. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AcmeClient, type Eab, outcomeOf } from '../testing/acme-client.js'
import { startTestGateway, type TestGateway } from '../testing/gateway.js'

let gateway: TestGateway
let token: string

beforeAll(async () => {
  gateway = await startTestGateway()
  token = await gateway.token(['eab:write'])
})
afterAll(() => gateway.close())

const input = {
  subscriber: { name: '国立 太郎', email: 'taro@example.ac.jp' },
  names: ['WWW.example.ac.jp', '.lab.example.ac.jp'],
}

interface Made {
  credential: { kid: string; approvalId: string }
  hmacKey: string
}

const post = (path: string, body: unknown, by = token) =>
  gateway.http
    .post(`/v1/eab-credentials${path}`)
    .auth(by, { type: 'bearer' })
    .send(body as object)
const list = (query = '', by = token) =>
  gateway.http.get(`/v1/eab-credentials${query}`).auth(by, { type: 'bearer' })
const make = async (change: object = {}): Promise<Made> =>
  (await post('', { ...input, ...change })).body as Made
const eabOf = ({ credential, hmacKey }: Made): Eab => ({ kid: credential.kid, hmacKey })

async function withClient<T>(work: (client: AcmeClient) => Promise<T>): Promise<T> {
  const client = await AcmeClient.open(gateway)
  return work(client).finally(() => client.close())
}
const register = (made: Made) => withClient(async (client) => outcomeOf(await client.register(eabOf(made))))

describe('an EAB credential over REST', () => {
  it('registers an account, which may order the names and no others', async () => {
    const made = await make()
    await withClient(async (client) => {
      expect(outcomeOf(await client.register(eabOf(made)))).toBe('201')
      expect(outcomeOf(await client.order(['www.example.ac.jp', 'a.lab.example.ac.jp']))).toBe('201')
      expect(outcomeOf(await client.order(['mail.example.ac.jp']))).toBe('400 rejectedIdentifier')
    })
  })

  it('is for one account unless it is reusable', async () => {
    const [single, many] = [await make(), await make({ reusable: true })]
    expect([await register(single), await register(single)]).toEqual(['201', '403 unauthorized'])
    expect([await register(many), await register(many)]).toEqual(['201', '201'])
  })

  it('shows its key once, and no cache may keep it', async () => {
    const reply = await post('', input)
    const { hmacKey, credential } = reply.body as Made
    expect(Buffer.from(hmacKey, 'base64url')).toHaveLength(32)
    expect(reply.headers['cache-control']).toBe('no-store')
    const { text } = await list('?limit=200')
    expect(text).toContain(credential.kid)
    expect(text).not.toContain(hmacKey)
  })

  it('makes no account after it was revoked, while those it made go on', async () => {
    const made = await make({ reusable: true })
    await withClient(async (client) => {
      await client.register(eabOf(made))
      const reply = await post(`/${made.credential.kid}/revoke`, { endApproval: false })
      expect(reply.body).toMatchObject({ revokedAt: expect.any(String) as string, approvalEndedAt: null })
      expect(await register(made)).toBe('403 unauthorized')
      expect(outcomeOf(await client.order(['www.example.ac.jp']))).toBe('201')
    })
  })

  it('ends what its accounts may do, when that is asked', async () => {
    const made = await make()
    await withClient(async (client) => {
      await client.register(eabOf(made))
      await post(`/${made.credential.kid}/revoke`, { endApproval: true })
      expect(outcomeOf(await client.order(['www.example.ac.jp']))).toBe('403 unauthorized')
    })
  })

  it('answers a second revocation as the first, and records one', async () => {
    const { credential } = await make()
    const [first, second] = [
      await post(`/${credential.kid}/revoke`, { endApproval: true }),
      await post(`/${credential.kid}/revoke`, { endApproval: true }),
    ]
    expect(second.body).toEqual(first.body)
    const audit = await gateway.env.db
      .selectFrom('audit_log')
      .select('action')
      .where('subject', 'in', [credential.kid, credential.approvalId])
      .orderBy('seq')
      .execute()
    expect(audit.map(({ action }) => action)).toEqual(['eab.create', 'eab.revoke', 'approval.end'])
  })

  it('is listed newest first, in pages', async () => {
    const [older, newer] = [await make(), await make()]
    const first = (await list('?limit=1')).body as { credentials: { kid: string }[]; next: string }
    expect(first.credentials.map(({ kid }) => kid)).toEqual([newer.credential.kid])
    const second = (await list(`?limit=1&after=${first.next}`)).body as typeof first
    expect(second.credentials.map(({ kid }) => kid)).toEqual([older.credential.kid])
  })

  it.each([
    ['a name outside the domains', { names: ['www.example.com'] }, 422],
    ['a domain outside the domains', { names: ['.ac.jp'] }, 422],
    ['a wildcard', { names: ['*.example.ac.jp'] }, 422],
    ['a name that breaks the list', { names: ['a.example.ac.jp,dNSName=b.example.com'] }, 422],
    ['an expiry that has passed', { expiresAt: '2020-01-01T00:00:00Z' }, 422],
    ['an approval that has ended', { approvedUntil: '2020-01-01T00:00:00Z' }, 422],
    ['no name', { names: [] }, 400],
    ['a member that is not known', { name: 'x' }, 400],
    ['a subscriber without address', { subscriber: {} }, 400],
  ])('is not made for %s', async (_name, change, status) => {
    const before = ((await list('?limit=200')).body as { credentials: unknown[] }).credentials.length
    expect((await post('', { ...input, ...change })).status).toBe(status)
    expect(((await list('?limit=200')).body as { credentials: unknown[] }).credentials).toHaveLength(before)
  })

  it('is for tokens with the scope, and for its own organisation', async () => {
    const { credential } = await make()
    const poor = await gateway.token(['applications:read'])
    const foreign = await gateway.token(['eab:write'], { organisation: 'other' })
    expect((await post('', input, poor)).status).toBe(403)
    expect((await list('', poor)).status).toBe(403)
    expect((await post(`/${credential.kid}/revoke`, { endApproval: true }, foreign)).status).toBe(404)
    expect(((await list('', foreign)).body as { credentials: unknown[] }).credentials).toEqual([])
  })
})
