/** EAB credentials of the service's own ACME: entered by an operator, taken once by whoever has the link. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestGateway, type TestGateway } from '../testing/gateway.js'

let gateway: TestGateway
let token: string

beforeAll(async () => {
  gateway = await startTestGateway()
  token = (await gateway.operator('administrator')).token
})
afterAll(() => gateway.close())

const given = {
  keyId: 'kid-1',
  hmacKey: Buffer.alloc(32, 7).toString('base64url'),
  directoryUrl: 'https://acme.example.jp/directory',
}

let hosts = 0
async function applied(kind = 'acme-create', state = 'submitted'): Promise<string> {
  const fqdn = `host${hosts++}.example.ac.jp`
  const application = {
    ...{
      kind,
      fqdn,
      profileId: '3',
      software: 'nginx 1.26',
      subjectDn: `CN=${fqdn},O=Example University,L=Chiyoda-ku,ST=Tokyo,C=JP`,
    },
    ...{ subscriberName: '国立 太郎', subscriberEmail: 'taro@example.ac.jp' },
  }
  const reply = await gateway.http
    .post('/v1/applications')
    .auth(token, { type: 'bearer' })
    .send([application])
  expect(reply.status, reply.text).toBe(201)
  const [{ id }] = (reply.body as { applications: [{ id: string }] }).applications
  // The issuance system is not there: what it would do is said here.
  await gateway.env.db
    .updateTable('applications')
    .set({ state: state as 'submitted' })
    .where('id', '=', id)
    .execute()
  return id
}

const give = (id: string, change: object = {}, by = token) =>
  gateway.http
    .post(`/v1/applications/${id}/eab`)
    .auth(by, { type: 'bearer' })
    .send({ ...given, ...change })
const look = (id: string, by = token) =>
  gateway.http.get(`/v1/applications/${id}/eab`).auth(by, { type: 'bearer' })
const take = (link: string) => gateway.http.post('/v1/eab-links').send({ token: new URL(link).hash.slice(1) })
const linkOf = async (id: string, change: object = {}) =>
  ((await give(id, change)).body as { link: string }).link
const stateOf = async (id: string) =>
  (
    (await gateway.http.get(`/v1/applications/${id}`).auth(token, { type: 'bearer' })).body as {
      state: string
    }
  ).state

describe('the EAB credential of an application', () => {
  it('ends the application, and its link gives it once', async () => {
    const id = await applied()
    const reply = await give(id)
    expect(reply.status, reply.text).toBe(201)
    expect(reply.headers['cache-control']).toBe('no-store')
    expect(reply.text).not.toContain(given.hmacKey)
    expect(await stateOf(id)).toBe('issued')
    const { link } = reply.body as { link: string }
    const taken = await take(link)
    expect(taken.headers['cache-control']).toBe('no-store')
    expect(taken.body).toEqual({
      ...{ kid: given.keyId, hmacKey: given.hmacKey, directoryUrl: given.directoryUrl },
    })
    expect((await take(link)).status).toBe(404)
    expect((await look(id)).body).toMatchObject({ keyId: 'kid-1', takenAt: expect.any(String) as string })
  })

  it('has its link under the name by which the gateway was addressed', async () => {
    const { body } = await give(await applied())
      .disableTLSCerts()
      .set('Host', 'gateway.example.ac.jp:8443')
    expect(new URL((body as { link: string }).link).origin).toBe('https://gateway.example.ac.jp:8443')
  })

  it.each(['user@evil.example', 'evil.example/', 'evil.example#'])(
    'makes no link of the Host header %s, and keeps nothing',
    async (host) => {
      const id = await applied()
      const { status, text } = await give(id).disableTLSCerts().set('Host', host)
      expect(status).toBe(400)
      expect(text).toContain('Host')
      expect([await stateOf(id), (await look(id)).status]).toEqual(['submitted', 404])
    },
  )

  it('is given to one of two who come at once', async () => {
    const link = await linkOf(await applied())
    const replies = await Promise.all([take(link), take(link), take(link)])
    expect(replies.map(({ status }) => status).toSorted()).toEqual([200, 404, 404])
  })

  it('lies sealed in the store until it is taken, and then no more', async () => {
    const id = await applied()
    const link = await linkOf(id)
    const row = () =>
      gateway.env.db
        .selectFrom('upstream_eab')
        .selectAll()
        .where('application_id', '=', id)
        .executeTakeFirstOrThrow()
    const before = await row()
    expect(before.sealed_key!.includes(Buffer.alloc(32, 7))).toBe(false)
    expect(JSON.stringify(before)).not.toContain(new URL(link).hash.slice(1))
    await take(link)
    expect((await row()).sealed_key).toBeNull()
  })

  it('entered again before it was taken, makes the old link void', async () => {
    const id = await applied()
    const [first, second] = [await linkOf(id), await linkOf(id, { keyId: 'kid-2' })]
    expect((await take(first)).status).toBe(404)
    expect((await take(second)).body).toMatchObject({ kid: 'kid-2' })
  })

  it('is replaced after it was taken only when that is said', async () => {
    const id = await applied()
    await take(await linkOf(id))
    expect((await give(id)).status).toBe(409)
    expect((await take(await linkOf(id, { again: true, keyId: 'kid-3' }))).body).toMatchObject({
      kid: 'kid-3',
    })
  })

  it('is not had by a link that has expired', async () => {
    const id = await applied()
    const link = await linkOf(id)
    const past = { link_expires_at: new Date(Date.now() - 1000) }
    await gateway.env.db.updateTable('upstream_eab').set(past).where('application_id', '=', id).execute()
    expect((await take(link)).status).toBe(404)
  })

  it.each([
    { kind: 'acme-create', state: 'submitted', status: 201 },
    { kind: 'acme-create', state: 'held', status: 201 },
    { kind: 'acme-create', state: 'queued', status: 409 },
    { kind: 'acme-create', state: 'awaiting-approval', status: 409 },
    { kind: 'acme-create', state: 'failed', status: 409 },
    { kind: 'acme-create', state: 'unknown', status: 409 },
  ])('is entered for $kind in state $state: $status', async ({ kind, state, status }) => {
    expect((await give(await applied(kind, state))).status).toBe(status)
  })

  it.each([
    ['a key that is too short', { hmacKey: 'A'.repeat(21) }, 400],
    ['the shortest key', { hmacKey: 'A'.repeat(22) }, 201],
    ['a key that is not Base64url', { hmacKey: '+'.repeat(43) }, 400],
    ['no key id', { keyId: '' }, 400],
    ['a link for 30 days', { linkDays: 30 }, 201],
    ['a link for 31 days', { linkDays: 31 }, 400],
    ['what is not known', { secret: 'x' }, 400],
  ])('with %s', async (_, change, status) => {
    expect((await give(await applied(), change)).status).toBe(status)
  })

  it('is for tokens with the scope, and for its own organisation', async () => {
    const id = await applied()
    const poor = await gateway.token(['applications:write'])
    const foreign = await gateway.token(['eab:write'], { organisation: 'other' })
    expect((await give(id, {}, poor)).status).toBe(403)
    expect((await give(id, {}, foreign)).status).toBe(404)
    expect((await look(id)).status).toBe(404)
  })

  it.each([{}, { token: '' }, { token: 'x'.repeat(42) }, { token: 7 }, []])(
    'is not had with %j',
    async (body) => {
      expect((await gateway.http.post('/v1/eab-links').send(body)).status).toBe(400)
    },
  )

  it('is in the audit log, entered and taken', async () => {
    const id = await applied()
    await take(await linkOf(id))
    const entries = await gateway.env.db
      .selectFrom('audit_log')
      .select('action')
      .where('subject', '=', id)
      .orderBy('seq')
      .execute()
    const actions = entries.map(({ action }) => action)
    expect(actions.slice(-2)).toEqual(['upstream-eab.give', 'upstream-eab.take'])
  })
})
