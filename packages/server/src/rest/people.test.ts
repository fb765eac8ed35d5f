/** Tokens, departments, organisations, subscribers and ACME accounts over REST. */
import { makeCertificate } from '@upki-gateway/shared/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AcmeClient, outcomeOf } from '../testing/acme-client.js'
import { makeEab } from '../testing/eab.js'
import { startTestGateway, type TestGateway, type TestOperator } from '../testing/gateway.js'

let gateway: TestGateway
let administrator: TestOperator
let operator: TestOperator
let auditor: TestOperator
let stranger: TestOperator

beforeAll(async () => {
  gateway = await startTestGateway()
  administrator = await gateway.operator('administrator')
  operator = await gateway.operator('operator')
  auditor = await gateway.operator('auditor')
  stranger = await gateway.operator('administrator', { organisation: 'other' })
})
afterAll(() => gateway.close())

type Body = Record<string, unknown>
type Method = 'get' | 'post' | 'patch' | 'delete'

async function call(by: TestOperator | string, method: Method, path: string, body?: object) {
  const token = typeof by === 'string' ? by : by.token
  const request = gateway.http[method](`/v1/${path}`).set('authorization', `Bearer ${token}`)
  const reply = await (body ? request.send(body) : request)
  return { status: reply.status, body: reply.body as Body, headers: reply.headers as Record<string, string> }
}

const aDay = 86_400_000
const inDays = (days: number) => new Date(Date.now() + days * aDay).toISOString()

interface Made {
  token: { id: string; operator: string; scopes: string[]; expiresAt: string }
  value: string
}

describe('a token', () => {
  const make = async (by: TestOperator | string, input: object) => {
    const reply = await call(by, 'post', 'tokens', { name: 'test', ...input })
    return { ...reply, made: reply.body as unknown as Made }
  }

  it('lets its operator in, is shown once, and no cache may keep it', async () => {
    const { status, made, headers } = await make(operator, { scopes: ['applications:read'] })
    expect([status, headers['cache-control']]).toEqual([201, 'no-store'])
    expect((await call(made.value, 'get', 'me')).body).toMatchObject({
      actor: `operator:${operator.id}`,
      scopes: ['applications:read'],
      token: made.token.id,
    })
    const { body } = await call(operator, 'get', 'tokens?limit=200')
    expect(JSON.stringify(body)).toContain(made.token.id)
    expect(JSON.stringify(body)).not.toContain(made.value)
  })

  it('ends a year ahead unless it is said', async () => {
    const { made } = await make(operator, { scopes: ['applications:read'] })
    const days = (new Date(made.token.expiresAt).getTime() - Date.now()) / aDay
    expect(Math.round(days)).toBe(365)
  })

  it.each([
    { name: 'two years ahead', expiresAt: () => inDays(730.9), status: 201 },
    { name: 'beyond that', expiresAt: () => inDays(731.1), status: 422 },
    { name: 'in the past', expiresAt: () => inDays(-0.001), status: 422 },
  ])('that ends $name: $status', async ({ expiresAt, status }) => {
    expect((await make(operator, { scopes: ['*'], expiresAt: expiresAt() })).status).toBe(status)
  })

  it('lets nobody in once it was revoked; revoking again answers the same', async () => {
    const { made } = await make(operator, { scopes: ['*'] })
    const first = await call(operator, 'post', `tokens/${made.token.id}/revoke`)
    expect(first.body).toMatchObject({ revokedAt: expect.any(String) })
    expect((await call(made.value, 'get', 'me')).status).toBe(401)
    expect((await call(operator, 'post', `tokens/${made.token.id}/revoke`)).body).toEqual(first.body)
  })

  it.each([
    { name: 'a scope his role lacks', scopes: ['admin'] },
    { name: 'a scope that does not exist', scopes: ['everything'] },
  ])('gives an operator no $name', async ({ scopes }) => {
    expect((await make(operator, { scopes })).status).toBe(403)
  })

  it('makes none that may do more than itself', async () => {
    const { made } = await make(operator, { scopes: ['tokens:write', 'applications:read'] })
    expect((await make(made.value, { scopes: ['*'] })).status).toBe(403)
    expect((await make(made.value, { scopes: ['applications:write'] })).status).toBe(403)
    expect((await make(made.value, { scopes: ['applications:read'] })).status).toBe(201)
  })

  it('for somebody else is made by an administrator only', async () => {
    const portal = await gateway.operator('portal')
    const input = { operator: portal.id, scopes: ['applications:read', 'applications:write'] }
    expect((await make(operator, input)).status).toBe(403)
    const { status, made } = await make(administrator, input)
    expect([status, made.token.operator]).toEqual([201, portal.id])
    expect((await make(administrator, { ...input, scopes: ['applications:approve'] })).status).toBe(403)
    expect((await make(administrator, { ...input, operator: stranger.id })).status).toBe(403)
  })

  it('of a program belongs to nobody, so it makes none for itself', async () => {
    const program = await gateway.token(['tokens:write', 'applications:read'])
    expect((await make(program, { scopes: ['applications:read'] })).status).toBe(403)
    expect((await call(program, 'get', 'tokens')).body).toMatchObject({ tokens: [] })
  })

  it('of another is hidden from whoever does not look after people', async () => {
    const { made } = await make(administrator, { scopes: ['*'] })
    const { token } = await gateway.operator('approver', {
      department: await departmentOf('.t.example.ac.jp'),
    })
    const { body } = await call(token, 'get', `tokens?operator=${administrator.id}`)
    expect((body.tokens as { operator: string }[]).every((each) => each.operator !== administrator.id)).toBe(
      true,
    )
    expect((await call(token, 'post', `tokens/${made.token.id}/revoke`)).status).toBe(404)
    expect((await call(operator, 'post', `tokens/${made.token.id}/revoke`)).status).toBe(404)
    expect((await call(stranger, 'post', `tokens/${made.token.id}/revoke`)).status).toBe(404)
    expect((await call(auditor, 'post', `tokens/${made.token.id}/revoke`)).status).toBe(403)
    expect((await call(auditor, 'get', `tokens?operator=${administrator.id}`)).body.tokens).not.toEqual([])
  })
})

let serials = 0x5000
let departments = 0
const departmentOf = async (...names: string[]): Promise<string> =>
  (await call(administrator, 'post', 'departments', { name: `department ${(departments += 1)}`, names })).body
    .id as string

describe('a department', () => {
  it('is entered, changed, found and deleted', async () => {
    const made = await call(administrator, 'post', 'departments', {
      name: '工学部',
      names: ['.ENG.example.ac.jp', 'eng-www.example.ac.jp'],
    })
    expect([made.status, made.body.names]).toEqual([201, ['.eng.example.ac.jp', 'eng-www.example.ac.jp']])
    const path = `departments/${String(made.body.id)}`
    const changed = await call(administrator, 'patch', path, { names: ['.eng.example.ac.jp'] })
    expect(changed.body).toMatchObject({ name: '工学部', names: ['.eng.example.ac.jp'] })
    const found = await call(auditor, 'get', `departments?q=${encodeURIComponent('工学')}`)
    expect(found.body).toEqual({ departments: [changed.body], next: null })
    expect((await call(administrator, 'delete', path)).status).toBe(204)
    expect((await call(administrator, 'get', path)).status).toBe(404)
  })

  it.each([
    {
      name: "a name outside the organisation's domains",
      input: { name: 'x', names: ['.example.com'] },
      status: 422,
    },
    { name: 'no names', input: { name: 'x', names: [] }, status: 400 },
    { name: 'a wildcard', input: { name: 'x', names: ['*.example.ac.jp'] }, status: 422 },
  ])('is refused with $name: $status', async ({ input, status }) => {
    expect((await call(administrator, 'post', 'departments', input)).status).toBe(status)
  })

  it('has a name of its own', async () => {
    const input = { name: 'twice', names: ['.a.example.ac.jp'] }
    expect((await call(administrator, 'post', 'departments', input)).status).toBe(201)
    expect((await call(administrator, 'post', 'departments', input)).status).toBe(409)
  })

  it('stays while operators belong to it', async () => {
    const id = await departmentOf('.b.example.ac.jp')
    const approver = await gateway.operator('approver', { department: id })
    expect((await call(administrator, 'delete', `departments/${id}`)).status).toBe(409)
    expect((await call(approver, 'get', 'me')).body).toMatchObject({
      department: { id, names: ['.b.example.ac.jp'] },
    })
  })

  it('limits its operators to certificates of its names, and gives them nothing of the whole organisation', async () => {
    const days = (count: number) => new Date(Date.now() + count * 86_400_000).toISOString()
    const enter = async (commonName: string): Promise<string> => {
      const made = { commonName, issuer: 'Test CA', serialNumber: (serials += 1).toString(16) }
      const pem = await makeCertificate({ ...made, notBefore: days(-1), notAfter: days(10) })
      const { status, body } = await call(administrator, 'post', 'certificates', { pem })
      expect(status).toBe(201)
      return body.serial as string
    }
    // A second attempt finds what the first has entered: its names are others.
    const [ours, theirs] = [`d${serials}.example.ac.jp`, `e${serials}.example.ac.jp`]
    const [own, other] = [await enter(`www.${ours}`), await enter(`www.${theirs}`)]
    const department = await departmentOf(`.${ours}`)
    const limited = await gateway.operator('operator', { department })
    const serialsOf = (certificates: unknown) =>
      (certificates as { serial: string }[]).map(({ serial }) => serial)
    expect(serialsOf((await call(limited, 'get', 'certificates')).body.certificates)).toEqual([own])
    expect(serialsOf((await call(administrator, 'get', 'certificates')).body.certificates)).toContain(other)
    const due = (await call(limited, 'get', 'due')).body.expiring as { certificate: { serial: string } }[]
    expect(due.map(({ certificate }) => certificate.serial)).toEqual([own])
    expect((await call(limited, 'get', `certificates/${own}`)).status).toBe(200)
    expect((await call(limited, 'get', `certificates/${other}`)).status).toBe(404)
    expect((await call(limited, 'post', `certificates/${other}/revoke`, { reason: '4' })).status).toBe(404)
    const mark = (serial: string, replaceBy: string | null) =>
      call(limited, 'post', 'reissues', { serials: [serial], replaceBy })
    expect((await mark(own, days(5))).body).toEqual({ marked: 1 })
    expect((await mark(other, days(5))).status).toBe(422)
    expect((await mark(other, null)).status).toBe(422)
    const incident = { criteria: { issuer: 'test ca' }, action: { type: 'revoke', reason: '4' } }
    const planned = await call(administrator, 'post', 'incidents', incident)
    expect(planned.status).toBe(201)
    expect((await call(limited, 'get', 'incidents')).body.incidents).toEqual([])
    expect((await call(limited, 'get', `incidents/${String(planned.body.id)}`)).status).toBe(404)
    expect((await call(limited, 'post', 'incidents', incident)).status).toBe(403)
    for (const path of ['batches', 'eab-credentials', 'acme-accounts', 'webhooks', 'audit'])
      expect([path, (await call(limited, 'get', path)).status]).toEqual([path, 403])
  })

  it('is for administrators to change, and of another organisation unknown', async () => {
    const id = await departmentOf('.c.example.ac.jp')
    expect((await call(operator, 'patch', `departments/${id}`, { name: 'x' })).status).toBe(403)
    expect((await call(operator, 'delete', `departments/${id}`)).status).toBe(403)
    for (const [method, body] of [['get'], ['patch', { name: 'x' }], ['delete']] as [Method, object?][])
      expect((await call(stranger, method, `departments/${id}`, body)).status).toBe(404)
  })
})

describe('GET /v1/organisations', () => {
  it("shows the caller's own and no other", async () => {
    expect((await call(auditor, 'get', 'organisations')).body).toMatchObject({
      organisations: [{ id: 'example', organizationName: 'Example University', domains: ['example.ac.jp'] }],
    })
    expect((await call(stranger, 'get', 'organisations')).body).toEqual({ organisations: [] })
  })
})

describe('a subscriber', () => {
  interface Subscriber {
    id: string
    email: string
    name: string | null
  }
  const list = async (query = '') =>
    (await call(operator, 'get', `subscribers${query}`)).body as unknown as {
      subscribers: Subscriber[]
      next: string | null
    }

  it('whom an approval named is there without being entered, and keeps what was changed', async () => {
    const [taro] = (await list('?q=TARO@')).subscribers
    expect(taro).toMatchObject({ email: 'taro@example.ac.jp', name: '国立 太郎' })
    await call(operator, 'patch', `subscribers/${taro!.id}`, { name: '国立 次郎', note: 'until 2027' })
    expect((await list('?q=taro@')).subscribers).toEqual([
      expect.objectContaining({ id: taro!.id, name: '国立 次郎', note: 'until 2027' }),
    ])
  })

  it('is entered once', async () => {
    const input = { email: 'once@example.ac.jp', name: 'Once' }
    expect((await call(operator, 'post', 'subscribers', input)).status).toBe(201)
    const again = await call(operator, 'post', 'subscribers', { email: 'ONCE@example.ac.jp' })
    expect(again.status).toBe(409)
  })

  it('is paged by e-mail address without a gap', async () => {
    for (const letter of ['c', 'a', 'B', 'd'])
      await call(operator, 'post', 'subscribers', { email: `${letter}-page@example.ac.jp` })
    const emails: string[] = []
    for (let next: string | null = ''; next !== null;) {
      const page = await list(`?q=-page&limit=1${next && `&after=${encodeURIComponent(next)}`}`)
      emails.push(...page.subscribers.map(({ email }) => email))
      next = page.next
    }
    expect(emails).toEqual(['a', 'B', 'c', 'd'].map((letter) => `${letter}-page@example.ac.jp`))
  })

  it.each(['none', 'two@at@example.ac.jp', 'line@example.ac.jp\n'])('has no address %j', async (email) => {
    expect((await call(operator, 'post', 'subscribers', { email })).status).toBe(400)
  })

  it('is for operators to change, and of another organisation unknown', async () => {
    const [{ id }] = (await list('?limit=1')).subscribers as [Subscriber]
    expect((await call(auditor, 'patch', `subscribers/${id}`, { name: 'x' })).status).toBe(403)
    expect((await call(stranger, 'patch', `subscribers/${id}`, { name: 'x' })).status).toBe(404)
    expect((await call(stranger, 'get', `subscribers/${id}`)).status).toBe(404)
    expect((await call(stranger, 'get', 'subscribers')).body).toMatchObject({ subscribers: [] })
  })
})

describe('an ACME account', () => {
  it('is seen with its orders, and orders nothing once an operator ended it', async () => {
    const client = await AcmeClient.open(gateway)
    try {
      const eab = await makeEab(gateway)
      await client.register(eab)
      expect(outcomeOf(await client.order(['www.example.ac.jp']))).toBe('201')
      const { accounts } = (await call(auditor, 'get', `acme-accounts?eabKid=${eab.kid}`)).body as {
        accounts: { id: string; createdAt: string; lastSeenAt: string }[]
      }
      expect(accounts).toMatchObject([{ status: 'valid', eabKid: eab.kid }])
      const path = `acme-accounts/${accounts[0]!.id}`
      expect((await call(auditor, 'get', `${path}/orders`)).body).toMatchObject({
        orders: [{ names: ['www.example.ac.jp'], open: true, applicationId: null }],
        next: null,
      })
      expect((await call(auditor, 'post', `${path}/deactivate`)).status).toBe(403)
      for (const [method, rest] of [
        ['get', ''],
        ['get', '/orders'],
        ['post', '/deactivate'],
      ] as const)
        expect((await call(stranger, method, path + rest)).status).toBe(404)
      const ended = await call(operator, 'post', `${path}/deactivate`)
      expect(ended.body).toMatchObject({ status: 'revoked' })
      expect((await call(operator, 'post', `${path}/deactivate`)).body).toEqual(ended.body)
      expect((await call(auditor, 'get', `${path}/orders`)).body).toMatchObject({ orders: [{ open: false }] })
      expect(outcomeOf(await client.order(['web.example.ac.jp']))).toMatch(/^40[13] unauthorized$/)
    } finally {
      await client.close()
    }
  })
})
