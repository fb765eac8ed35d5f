/** Operators over REST: who may act, and what his role lets him do. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestGateway, type TestGateway, type TestOperator } from '../testing/gateway.js'
import { callerOfOperator } from '../policy/caller.js'
import { scopesOf } from '../policy/scopes.js'

let gateway: TestGateway
let administrator: TestOperator

beforeAll(async () => {
  gateway = await startTestGateway()
  administrator = await gateway.operator('administrator')
})
afterAll(() => gateway.close())

interface Operator {
  id: string
  role: string
  scopes: string[]
  email: string | null
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
const get = (path: string, by = administrator.token) => gateway.http.get(`/v1/${path}`).set(bearer(by))
const make = (input: object, by = administrator.token) =>
  gateway.http.post('/v1/operators').set(bearer(by)).send(input)
const change = (id: string, input: object, by = administrator.token) =>
  gateway.http.patch(`/v1/operators/${id}`).set(bearer(by)).send(input)
const made = async (input: object) => (await make(input)).body as Operator

describe('GET /v1/me', () => {
  it('tells an operator who he is and what his role gives', async () => {
    const auditor = await gateway.operator('auditor')
    const { body } = await get('me', auditor.token)
    expect(body).toMatchObject({
      actor: `operator:${auditor.id}`,
      organisation: 'example',
      operator: { id: auditor.id, role: 'auditor' },
      scopes: scopesOf('auditor'),
      department: null,
    })
  })

  it('tells a program of a token of its own', async () => {
    const token = await gateway.token(['applications:read'])
    expect((await get('me', token)).body).toMatchObject({
      actor: expect.stringMatching(/^token:/),
      operator: null,
      scopes: ['applications:read'],
    })
  })

  it('shows the first operator of a new gateway as its administrator', async () => {
    const { operators } = (await get('operators?q=first')).body as { operators: Operator[] }
    expect(operators).toMatchObject([{ displayName: 'first operator', role: 'administrator' }])
  })
})

describe('an operator', () => {
  it('is entered with what he signs in with', async () => {
    const fingerprint = Array.from({ length: 32 }, (_, index) =>
      (index + 160).toString(16).toUpperCase(),
    ).join(':')
    const reply = await make({
      displayName: '国立 花子',
      email: 'hanako@example.ac.jp',
      role: 'operator',
      certificateSha256: fingerprint,
      oidc: { issuer: 'https://idp.example.ac.jp', subject: 'hanako' },
    })
    expect([reply.status, reply.body]).toEqual([
      201,
      expect.objectContaining({
        displayName: '国立 花子',
        certificateSha256: fingerprint.replaceAll(':', '').toLowerCase(),
        oidc: { issuer: 'https://idp.example.ac.jp', subject: 'hanako' },
        disabledAt: null,
      }),
    ])
    const again = await get(`operators/${(reply.body as Operator).id}`)
    expect(again.body).toEqual(reply.body)
  })

  it.each([
    { name: 'a certificate', member: { certificateSha256: 'ab'.repeat(32) } },
    { name: 'a subject', member: { oidc: { issuer: 'https://idp.example.ac.jp', subject: 'twice' } } },
    { name: 'an e-mail address', member: { email: 'Twice@example.ac.jp' } },
  ])('does not share $name with another', async ({ member }) => {
    expect((await make({ displayName: 'a', role: 'operator', ...member })).status).toBe(201)
    const second = await make({ displayName: 'b', role: 'operator', ...member })
    expect([second.status, (second.body as { type: string }).type]).toEqual([
      409,
      'urn:upki-gateway:problem:conflict',
    ])
  })

  it.each([
    { name: 'a role that is none', input: { displayName: 'a', role: 'root' }, status: 400 },
    { name: 'no name', input: { displayName: '', role: 'operator' }, status: 400 },
    {
      name: 'a name of 101 characters',
      input: { displayName: 'x'.repeat(101), role: 'operator' },
      status: 400,
    },
    { name: 'a name of two lines', input: { displayName: 'a\nb', role: 'operator' }, status: 400 },
    {
      name: 'half a fingerprint',
      input: { displayName: 'a', role: 'operator', certificateSha256: 'ab' },
      status: 400,
    },
    { name: 'an approver without a department', input: { displayName: 'a', role: 'approver' }, status: 409 },
    {
      name: 'a department that does not exist',
      input: { displayName: 'a', role: 'operator', department: '01a204eb-3bfd-7599-894a-e1539f939660' },
      status: 409,
    },
  ])('is refused with $name: $status', async ({ input, status }) => {
    expect((await make(input)).status).toBe(status)
  })

  it('takes a name of 100 characters', async () => {
    expect((await make({ displayName: 'x'.repeat(100), role: 'auditor' })).status).toBe(201)
  })

  it('is let in no more by any token once he is disabled, and again when he is enabled', async () => {
    const operator = await gateway.operator('operator')
    expect((await change(operator.id, { disabled: true })).body).toMatchObject({
      disabledAt: expect.any(String),
    })
    expect((await get('me', operator.token)).status).toBe(401)
    expect(await callerOfOperator(gateway.env.db, operator.id)).toBeUndefined()
    await change(operator.id, { disabled: false })
    expect((await get('me', operator.token)).status).toBe(200)
    expect(await callerOfOperator(gateway.env.db, operator.id)).toMatchObject({ tokenId: null })
  })

  it('may do what his new role gives at once', async () => {
    const operator = await gateway.operator('auditor')
    expect((await make({ displayName: 'a', role: 'auditor' }, operator.token)).status).toBe(403)
    await change(operator.id, { role: 'administrator' })
    expect((await make({ displayName: 'a', role: 'auditor' }, operator.token)).status).toBe(201)
    await change(operator.id, { role: 'auditor' })
  })

  it.each(['operator', 'auditor', 'portal'] as const)('makes no operators as %s', async (role) => {
    const { token, id } = await gateway.operator(role)
    expect((await make({ displayName: 'a', role: 'administrator' }, token)).status).toBe(403)
    expect((await change(id, { role: 'administrator' }, token)).status).toBe(403)
  })

  it('of another organisation is as unknown as one that does not exist', async () => {
    const stranger = await gateway.operator('administrator', { organisation: 'other' })
    expect((await get(`operators/${stranger.id}`)).status).toBe(404)
    expect((await change(stranger.id, { disabled: true })).status).toBe(404)
    const { operators } = (await get('operators?limit=200', stranger.token)).body as { operators: Operator[] }
    expect(operators.map(({ id }) => id)).toEqual([stranger.id])
  })

  it('is told in the language that was asked for', async () => {
    const reply = await gateway.http
      .get('/v1/operators/01a204eb-3bfd-7599-894a-e1539f939660')
      .set({ ...bearer(administrator.token), 'accept-language': 'ja' })
    expect((reply.body as { detail: string }).detail).toBe('その登録担当者はありません。')
  })

  it('is found by part of name or e-mail, where % stands for itself', async () => {
    const { id } = await made({ displayName: '検索 50%', email: 'search@example.ac.jp', role: 'auditor' })
    const found = async (q: string) =>
      ((await get(`operators?q=${encodeURIComponent(q)}`)).body as { operators: Operator[] }).operators
    expect((await found('検索')).map((operator) => operator.id)).toEqual([id])
    expect((await found('SEARCH@')).map((operator) => operator.id)).toEqual([id])
    expect((await found('50%')).map((operator) => operator.id)).toEqual([id])
    expect(await found('5%%')).toEqual([])
  })

  it('leaves a record of who entered him, without his name', async () => {
    const { id } = await made({ displayName: '記録 太郎', role: 'auditor' })
    await change(id, { displayName: '記録 次郎' })
    const entries = await gateway.env.db
      .selectFrom('audit_log')
      .selectAll()
      .where('subject', '=', id)
      .execute()
    expect(entries.map(({ actor, action }) => [actor, action])).toEqual([
      [`operator:${administrator.id}`, 'operator.create'],
      [`operator:${administrator.id}`, 'operator.change'],
    ])
    expect(JSON.stringify(entries)).not.toContain('記録')
  })
})

describe('the last administrator', () => {
  it.each([{ disabled: true }, { role: 'operator' }])('cannot be changed by %j', async (input) => {
    const last = await gateway.operator('administrator', {
      organisation: `last-${Object.keys(input).join('')}`,
    })
    expect((await change(last.id, input, last.token)).status).toBe(409)
    expect((await get('me', last.token)).status).toBe(200)
  })

  it('stays when two disable each other at once', async () => {
    const organisation = 'duel'
    const [a, b] = [
      await gateway.operator('administrator', { organisation }),
      await gateway.operator('administrator', { organisation }),
    ]
    const replies = await Promise.all([
      change(a.id, { disabled: true }, b.token),
      change(b.id, { disabled: true }, a.token),
    ])
    expect(replies.map(({ status }) => status).filter((status) => status === 200)).toHaveLength(1)
  })
})
