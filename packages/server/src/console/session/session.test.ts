import { randomBytes, randomUUID } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import supertest from 'supertest'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startTestGateway, type TestGateway } from '../../testing/gateway.js'
import { makeLink } from './link.js'
import { openSession } from './sessions.js'

let gateway: TestGateway
let now: Date
beforeAll(async () => {
  gateway = await startTestGateway()
  gateway.env.now = () => now
})
afterAll(() => gateway.close())
beforeEach(() => (now = new Date()))

/** A gateway of its own takes its time on a busy machine. */
const START_MS = 120_000

/** A browser that has kept no cookie. */
const http = ({ url, directory } = gateway) =>
  supertest.agent(url, { ca: readFileSync(join(directory, 'ca.pem'), 'utf8') })

const later = (minutes: number) => (now = new Date(now.getTime() + minutes * 60_000))
const own = { 'upki-console': '1', 'sec-fetch-site': 'same-origin' }
const tokenOf = (link: string) => link.slice(link.indexOf('#link=') + 6)
const newToken = (email?: string) => tokenOf(makeLink(gateway.env.vault, gateway.url, { now, email }))

const useLink = (token: string, headers: Record<string, string> = own) =>
  http().post('/v1/session/link').set(headers).send({ token })

/** @returns the Cookie header of a new session */
async function signIn(email?: string): Promise<string> {
  const response = await useLink(newToken(email))
  expect(response.status).toBe(200)
  return response.get('Set-Cookie')![0]!.split(';')[0]!
}

/** Without a sign-in: an address has not many in a minute. */
async function sessionOf(operatorId: string): Promise<string> {
  const opened = await gateway.env.db
    .transaction()
    .execute((trx) => openSession(gateway.env, trx, operatorId, 'link'))
  return `__Host-upki-session=${opened.token}`
}

const session = async (cookie: string) =>
  (await http().get('/v1/session').set({ cookie })).body as { operator: { role: string } | null }

const audit = () =>
  gateway.env.db
    .selectFrom('audit_log')
    .select(['action', 'detail'])
    .where('action', 'like', 'session.%')
    .execute()

describe('a sign-in link', () => {
  it('signs the first administrator in, with a cookie that no script reads and no other site sends', async () => {
    const response = await useLink(newToken())
    expect(response.status).toBe(200)
    expect(response.body).toMatchObject({ operator: { role: 'administrator' }, ways: { oidc: null } })
    expect(response.get('Set-Cookie')![0]).toMatch(
      /^__Host-upki-session=[\w-]{43}; Path=\/; Expires=[^;]+; HttpOnly; Secure; SameSite=Strict$/,
    )
    expect(await audit()).toContainEqual({ action: 'session.start', detail: { way: 'link' } })
  })

  it('works once, also when it is used twice at once', async () => {
    const token = newToken()
    const answers = await Promise.all(Array.from({ length: 4 }, () => useLink(token)))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401, 401, 401])
  })

  it('ends after an hour', async () => {
    const token = newToken()
    later(59)
    expect((await useLink(token)).status).toBe(200)
    const other = newToken()
    later(60)
    expect((await useLink(other)).status).toBe(401)
  })

  it.each([
    ['was changed', () => newToken().replace(/^./, (first) => (first === 'A' ? 'B' : 'A'))],
    ['is of another gateway', () => 'A'.repeat(120)],
    ['is for an address that no operator has', () => newToken('nobody@example.ac.jp')],
  ])('that %s opens nothing', async (_, token) => {
    expect((await useLink(token())).status).toBe(401)
  })

  it('for an operator who was disabled since opens nothing', async () => {
    const { id } = await gateway.operator('auditor')
    const email = 'auditor@example.ac.jp'
    await gateway.env.db.updateTable('operators').set({ email }).where('id', '=', id).execute()
    const cookie = await signIn(email)
    expect((await session(cookie)).operator).toMatchObject({ role: 'auditor' })
    await gateway.env.db.updateTable('operators').set({ disabled_at: now }).where('id', '=', id).execute()
    expect((await useLink(newToken(email))).status).toBe(401)
    expect((await session(cookie)).operator).toBeNull()
  })

  it('is shown at the start until somebody has signed in', { timeout: START_MS }, async () => {
    const fresh = await startTestGateway()
    try {
      const link = await fresh.firstLink()
      expect(link).toMatch(/^https:\/\/127\.0\.0\.1:\d+\/#link=/)
      await http(fresh)
        .post('/v1/session/link')
        .set(own)
        .send({ token: tokenOf(link!) })
      expect(await fresh.firstLink()).toBeUndefined()
    } finally {
      await fresh.close()
    }
  })
})

describe('a session', () => {
  const list = (cookie: string) => http().get('/v1/applications').set({ cookie })

  it('does what the operator may, with its name in the records', async () => {
    const cookie = await signIn()
    expect((await list(cookie)).status).toBe(200)
    const names = ['.session.example.ac.jp']
    const made = await http()
      .post('/v1/eab-credentials')
      .set({ ...own, cookie })
      .send({ subscriber: { email: 'taro@example.ac.jp' }, names })
    expect(made.status).toBe(201)
    expect(made.body).toMatchObject({ credential: { createdBy: expect.stringMatching(/^operator:/) } })
  })

  it('ends by sign-out, and the cookie with it', async () => {
    const cookie = await signIn()
    const response = await http()
      .delete('/v1/session')
      .set({ ...own, cookie })
    expect(response.status).toBe(204)
    expect(response.get('Set-Cookie')![0]).toContain('Expires=Thu, 01 Jan 1970')
    expect((await list(cookie)).status).toBe(401)
    expect((await audit()).at(-1)).toMatchObject({ action: 'session.end' })
  })

  it('ends when nobody used it for an hour', async () => {
    const cookie = await signIn()
    for (let hour = 0; hour < 3; hour++) {
      later(59)
      expect((await list(cookie)).status).toBe(200)
    }
    later(61)
    expect((await list(cookie)).status).toBe(401)
  })

  it('ends after twelve hours, however busy it is', async () => {
    const cookie = await signIn()
    for (let half = 0; half < 23; half++) {
      later(30)
      expect((await list(cookie)).status).toBe(200)
    }
    later(30)
    expect((await list(cookie)).status).toBe(401)
  })

  it.each([
    ['without the header of the console', {}],
    ['from another site', { 'upki-console': '1', 'sec-fetch-site': 'cross-site' }],
    ['from another host of the same site', { 'upki-console': '1', 'sec-fetch-site': 'same-site' }],
    ['of another origin', { 'upki-console': '1', origin: 'https://evil.example' }],
  ])('changes nothing by a request %s', async (_, headers: Record<string, string>) => {
    const cookie = await signIn()
    const made = await http()
      .post('/v1/eab-credentials')
      .set({ ...headers, cookie })
      .send({ subscriber: { email: 'taro@example.ac.jp' }, names: ['.forged.example.ac.jp'] })
    expect(made.status).toBe(403)
    expect(
      (
        await http()
          .delete('/v1/session')
          .set({ ...headers, cookie })
      ).status,
    ).toBe(403)
    expect((await useLink(newToken(), headers)).status).toBe(403)
    expect((await list(cookie)).status).toBe(200)
  })

  it.each([
    ['was disabled, also once he is enabled again', [{ disabled: true }, { disabled: false }], 401],
    ['has another certificate', [{ certificateSha256: randomBytes(32).toString('hex') }], 401],
    [
      'is another account now',
      [{ oidc: { issuer: 'https://idp.example.ac.jp', subject: randomUUID() } }],
      401,
    ],
    ['has another address', [{ email: `${randomUUID()}@example.ac.jp` }], 401],
    ['has another name', [{ displayName: 'other' }], 200],
    ['was changed to what he was', [{ certificateSha256: null, disabled: false }], 200],
  ])('of an operator who %s', async (_, changes: object[], status) => {
    const { id: administrator, token } = await gateway.operator('administrator')
    const { id } = await gateway.operator('auditor')
    const patch = (input: object) =>
      http()
        .patch(`/v1/operators/${id}`)
        .set({ authorization: `Bearer ${token}` })
        .send(input)
    const [cookie, others] = [await sessionOf(id), await sessionOf(administrator)]
    for (const change of changes) expect((await patch(change)).status).toBe(200)
    expect((await list(cookie)).status).toBe(status)
    expect((await list(others)).status).toBe(200)
  })

  it.each(['', '__Host-upki-session=', '__Host-upki-session=AAAA', 'upki-session=x'])(
    'is none with the cookie %j',
    async (cookie) => {
      expect((await session(cookie)).operator).toBeNull()
      expect((await list(cookie)).status).toBe(401)
    },
  )

  it('is stored as a hash only', async () => {
    const cookie = await signIn()
    const rows = await gateway.env.db.selectFrom('console_sessions').selectAll().execute()
    expect(JSON.stringify(rows)).not.toContain(cookie.split('=')[1])
  })
})

describe('ways to sign in that are not configured', () => {
  it('say so', async () => {
    expect((await http().post('/v1/session/certificate').set(own)).status).toBe(401)
    expect((await http().get('/v1/session/oidc')).status).toBe(404)
  })
})

describe('sign-in with OpenID Connect', () => {
  it(
    'brings whoever meets a provider that is away back to the page that says so',
    { timeout: START_MS },
    async () => {
      const provider = { issuer: 'https://127.0.0.1:1/', name: 'IdP', scope: 'openid email' }
      const directory = mkdtempSync(join(tmpdir(), 'upki-oidc-'))
      const clientSecretFile = join(directory, 'secret')
      writeFileSync(clientSecretFile, 'secret')
      const oidc = { ...provider, clientId: 'gateway', clientSecretFile }
      const other = await startTestGateway({
        change: (config) => ({ ...config, console: { ...config.console, oidc } }),
      })
      try {
        const answer = await other.http.get('/v1/session/oidc')
        expect([answer.status, answer.get('Location')]).toEqual([302, '/?sign-in=failed'])
      } finally {
        await other.close()
        rmSync(directory, { recursive: true })
      }
    },
  )

  it('sends nobody back to what a Host header says that is no host name', { timeout: START_MS }, async () => {
    const provider = { issuer: 'https://idp.example.ac.jp/', name: 'IdP', scope: 'openid email' }
    const oidc = { ...provider, clientId: 'gateway', clientSecretFile: 'oidc-secret' }
    const other = await startTestGateway({
      change: (config) => ({ ...config, console: { ...config.console, oidc } }),
    })
    try {
      const answer = await other.http
        .get('/v1/session/oidc')
        .set('Host', 'localhost/evil.example')
        .disableTLSCerts()
      expect(answer.status).toBe(400)
      expect(answer.get('Set-Cookie')).toBeUndefined()
    } finally {
      await other.close()
    }
  })
})

describe('sign-ins of one address', () => {
  it('are slowed down when they are too many', { timeout: START_MS }, async () => {
    const fresh = await startTestGateway()
    try {
      const attempt = () => http(fresh).post('/v1/session/link').set(own).send({ token: 'x' })
      const answers = await Promise.all(Array.from({ length: 31 }, attempt))
      const slowed = answers.filter(({ status }) => status === 429)
      expect(slowed).toHaveLength(1)
      expect(Number(slowed[0]!.get('Retry-After'))).toBeGreaterThan(0)
    } finally {
      await fresh.close()
    }
  })
})
