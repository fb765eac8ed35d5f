import { sampleCsr } from '@upki-gateway/shared/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestGateway, type TestGateway } from '../testing/gateway.js'

let gateway: TestGateway
let operator: string
let portal: string

const application = async (name: string, more: Record<string, unknown> = {}) => ({
  csr: await sampleCsr(name),
  subscriberEmail: 'taro@example.ac.jp',
  software: 'nginx 1.26',
  ...more,
})

interface Body {
  applications: { id: string; state: string; kind: string; filled: { field: string; value: string }[] }[]
  type: string
  detail: string
  findings: {
    row: number
    field?: string
    code: string
    message: { ja: string; en: string }
    remedy: { ja: string; en: string }
  }[]
}

const post = (token: string, body: unknown, headers: Record<string, string> = {}) =>
  gateway.http
    .post('/v1/applications')
    .set({ authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers })
    .send(typeof body === 'string' ? body : JSON.stringify(body))

const get = (token: string, path: string) => gateway.http.get(path).set('authorization', `Bearer ${token}`)

beforeAll(async () => {
  gateway = await startTestGateway()
  operator = await gateway.token(['applications:read', 'applications:write', 'applications:approve'])
  portal = await gateway.token(['applications:read', 'applications:write'])
})
afterAll(() => gateway.close())

describe('POST /v1/applications', () => {
  it('stores one application and shows what it filled in', async () => {
    const response = await post(operator, await application('one.example.ac.jp'))
    const { applications } = response.body as Body
    expect(response.status).toBe(201)
    expect(applications).toMatchObject([{ state: 'queued', kind: 'server-issue' }])
    expect(applications[0]!.filled.map(({ field, value }) => [field, value])).toEqual(
      expect.arrayContaining([
        ['subjectDn', 'CN=one.example.ac.jp,O=Example University,L=Chiyoda-ku,ST=Tokyo,C=JP'],
        ['fqdn', 'one.example.ac.jp'],
        ['profileId', '11'],
      ]),
    )
  })

  it('stores many, in the order they came', async () => {
    const response = await post(operator, [
      await application('a.example.ac.jp'),
      await application('b.example.ac.jp'),
    ])
    expect(response.status).toBe(201)
    const stored = await Promise.all(
      (response.body as Body).applications.map(({ id }) => get(operator, `/v1/applications/${id}`)),
    )
    expect(stored.map(({ body }) => (body as { fields: { fqdn: string } }).fields.fqdn)).toEqual([
      'a.example.ac.jp',
      'b.example.ac.jp',
    ])
  })

  it('stores none when one row is wrong, and names row, field, rule and remedy in both languages', async () => {
    const good = await application('good.example.ac.jp')
    const response = await post(operator, [good, await application('www.example.com')])
    expect(response.status).toBe(422)
    expect(response.headers['content-type']).toBe('application/problem+json')
    const [finding] = (response.body as Body).findings
    expect(finding).toMatchObject({
      row: 2,
      field: expect.any(String),
      message: { ja: expect.any(String), en: expect.any(String) },
      remedy: { ja: expect.any(String), en: expect.any(String) },
    })
    expect((await post(operator, good)).status).toBe(201)
  })

  it('lets an application of a portal wait for an operator', async () => {
    const response = await post(
      portal,
      await application('portal.example.ac.jp', { subscriberEmail: 'hanako@example.ac.jp' }),
    )
    expect((response.body as Body).applications).toMatchObject([{ state: 'awaiting-approval' }])
  })

  it('queues an application inside an approval at once', async () => {
    // The sample organisation has one for this subscriber and every name of its domain.
    const response = await post(portal, await application('inside.example.ac.jp'))
    expect((response.body as Body).applications).toMatchObject([{ state: 'queued' }])
  })

  it.each([
    {
      name: 'JSON',
      type: 'application/json',
      render: (row: object) => JSON.stringify([{ ...row, fqdn: 'ok' }, row]),
    },
    {
      name: 'CSV',
      type: 'text/csv',
      render: ({ fqdn, csr }: { fqdn: string; csr: string }) =>
        `fqdn,csr\nok,${csr.replace(/-----[^-]+-----|\s/g, '')}\n"${fqdn}",\n`,
    },
  ])('tells of U+0000 in a name by row and field: $name', async ({ type, render }) => {
    const row = { ...(await application('zero.example.ac.jp')), fqdn: 'a\0.example.ac.jp' }
    const answer = await post(operator, render(row), {
      'content-type': type,
    })
    expect([answer.status, (answer.body as Body).findings]).toEqual([
      422,
      expect.arrayContaining([expect.objectContaining({ code: 'controlCharacter', row: 2, field: 'fqdn' })]),
    ])
  })

  it('refuses a key that was applied for before', async () => {
    const body = await application('twice.example.ac.jp')
    expect((await post(operator, body)).status).toBe(201)
    const again = await post(operator, body)
    expect(again.status).toBe(422)
    expect((again.body as Body).findings).toMatchObject([{ field: 'csr', code: 'keySeen' }])
  })

  it('accepts one of two requests with the same key at once', async () => {
    const body = await application('race.example.ac.jp')
    const statuses = await Promise.all([post(operator, body), post(operator, body), post(operator, body)])
    expect(statuses.map(({ status }) => status).sort()).toEqual([201, 422, 422])
  })

  it.each([
    { name: 'JSON that ends early', body: '{"csr":', status: 400, problem: 'bad-request' },
    { name: 'an empty array', body: [], status: 400, problem: 'bad-request' },
    { name: 'no object', body: '[1]', status: 422, problem: 'applications-refused' },
    { name: 'an unknown field', body: { csrr: 'x' }, status: 422, problem: 'applications-refused' },
    { name: 'a field of a wrong type', body: { csr: 1 }, status: 422, problem: 'applications-refused' },
    { name: 'a CSR that is none', body: { csr: 'AAAA' }, status: 422, problem: 'applications-refused' },
    {
      name: 'a __proto__ member',
      body: '{"__proto__": {"csr": "x"}}',
      status: 422,
      problem: 'applications-refused',
    },
  ])('refuses $name with $status', async ({ body, status, problem }) => {
    const response = await post(operator, body)
    expect([response.status, (response.body as Body).type]).toEqual([
      status,
      `urn:upki-gateway:problem:${problem}`,
    ])
  })

  it.each([
    { name: 'names the unknown field', body: { csrr: 'x' }, finding: { row: 1, code: 'inputUnknownMember' } },
    {
      name: 'names the field of a wrong type',
      body: { csr: 1 },
      finding: { row: 1, field: 'csr', code: 'inputWrongType' },
    },
    {
      name: 'counts rows from 1',
      body: [{ csr: 'x' }, { csr: 2 }],
      finding: { row: 2, field: 'csr', code: 'inputWrongType' },
    },
  ])('$name', async ({ body, finding }) => {
    expect(((await post(operator, body)).body as Body).findings).toContainEqual(
      expect.objectContaining(finding),
    )
  })

  it('refuses another media type', async () => {
    expect((await post(operator, 'a', { 'content-type': 'image/png' })).status).toBe(415)
  })

  it('refuses a body that is not compressed as it says', async () => {
    expect((await post(operator, '{}', { 'content-encoding': 'gzip' })).status).toBe(400)
  })

  it('refuses a body over 20 MB', async () => {
    const response = await post(operator, `["${'x'.repeat(20 * 1024 * 1024)}"]`)
    expect([response.status, (response.body as Body).type]).toEqual([
      413,
      'urn:upki-gateway:problem:too-large',
    ])
  })

  it('speaks Japanese when asked', async () => {
    const response = await post(operator, { csr: 'AAAA' }, { 'accept-language': 'ja' })
    expect(response.headers['content-language']).toBe('ja')
    expect((response.body as Body).detail).toContain('行に誤りがあります')
  })
})

describe('Idempotency-Key', () => {
  it('gives the kept answer to the same request and stores nothing new', async () => {
    const body = await application('idem.example.ac.jp')
    const first = await post(operator, body, { 'idempotency-key': 'k1' })
    const second = await post(operator, body, { 'idempotency-key': 'k1' })
    expect([second.status, second.headers['idempotency-replayed'], second.body]).toEqual([
      201,
      'true',
      first.body,
    ])
  })

  it('refuses the key with another body', async () => {
    await post(operator, await application('idem2.example.ac.jp'), { 'idempotency-key': 'k2' })
    const other = await post(operator, await application('idem3.example.ac.jp'), { 'idempotency-key': 'k2' })
    expect([other.status, (other.body as Body).type]).toEqual([
      422,
      'urn:upki-gateway:problem:idempotency-key-reused',
    ])
  })

  it('refuses the key with another query: what was asked for is not what was done', async () => {
    const body = await application('idem8.example.ac.jp')
    const headers = { authorization: `Bearer ${operator}`, 'idempotency-key': 'k8' }
    const send = (query: string) => gateway.http.post(`/v1/applications${query}`).set(headers).send(body)
    const statuses = [await send(''), await send('?priority=urgent'), await send('')].map(
      ({ status }) => status,
    )
    expect(statuses).toEqual([201, 422, 201])
  })

  it('belongs to the token', async () => {
    await post(operator, await application('idem4.example.ac.jp'), { 'idempotency-key': 'k4' })
    expect(
      (await post(portal, await application('idem5.example.ac.jp'), { 'idempotency-key': 'k4' })).status,
    ).toBe(201)
  })

  it('stores one set of rows for many equal requests at once', async () => {
    const body = await application('idem6.example.ac.jp')
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => post(operator, body, { 'idempotency-key': 'k6' })),
    )
    expect(
      new Set(
        answers.map(
          ({ status, body: { applications } }) => `${status} ${(applications as { id: string }[])[0]?.id}`,
        ),
      ).size,
    ).toBe(1)
  })

  it('does not keep a refusal', async () => {
    expect((await post(operator, { csr: 'AAAA' }, { 'idempotency-key': 'k7' })).status).toBe(422)
    expect(
      (await post(operator, await application('idem7.example.ac.jp'), { 'idempotency-key': 'k7' })).status,
    ).toBe(201)
  })

  it.each([
    { name: '255 characters', key: 'x'.repeat(255), status: 422 },
    { name: '256 characters', key: 'x'.repeat(256), status: 400 },
  ])('of $name answers $status', async ({ key, status }) => {
    expect((await post(operator, { csr: 'AAAA' }, { 'idempotency-key': key })).status).toBe(status)
  })
})

describe('tokens', () => {
  it.each([
    { name: 'none', header: undefined, status: 401, problem: 'token-missing' },
    { name: 'an unknown one', header: 'Bearer upki_unknown', status: 401, problem: 'token-invalid' },
    { name: 'another scheme', header: 'Basic dTpw', status: 401, problem: 'token-invalid' },
    {
      name: 'one of 201 characters',
      header: `Bearer ${'x'.repeat(201)}`,
      status: 401,
      problem: 'token-invalid',
    },
  ])('refuses $name', async ({ header, status, problem }) => {
    const request = gateway.http.get('/v1/applications')
    const response = await (header ? request.set('authorization', header) : request)
    expect([response.status, (response.body as Body).type]).toEqual([
      status,
      `urn:upki-gateway:problem:${problem}`,
    ])
    expect(response.headers['www-authenticate']).toMatch(/^Bearer/)
  })

  it('refuses an expired one', async () => {
    const expired = await gateway.token(['applications:read'], { expiresAt: new Date(Date.now() - 1) })
    expect((await get(expired, '/v1/applications')).status).toBe(401)
  })

  it('refuses one that lacks the scope, and names it', async () => {
    const reader = await gateway.token(['applications:read'])
    const response = await post(reader, {})
    expect([response.status, response.headers['www-authenticate']]).toEqual([
      403,
      'Bearer error="insufficient_scope", scope="applications:write"',
    ])
  })

  it('are stored as hashes only', async () => {
    const rows = await gateway.env.db.selectFrom('tokens').selectAll().execute()
    expect(
      JSON.stringify(rows.map((row) => ({ ...row, token_sha256: row.token_sha256.toString('utf8') }))),
    ).not.toContain(operator)
  })
})

describe('GET /v1/applications/{id}', () => {
  it.each([
    { name: 'an unknown id', id: '01a204eb-3bfd-7599-894a-e1539f939660', status: 404 },
    { name: 'an id that is none', id: '123', status: 400 },
  ])('answers $status to $name', async ({ id, status }) => {
    expect((await get(operator, `/v1/applications/${id}`)).status).toBe(status)
  })

  it("hides another organisation's application", async () => {
    const { body } = await post(operator, await application('hidden.example.ac.jp'))
    const stranger = await gateway.token(['applications:read'], { organisation: 'other' })
    expect((await get(stranger, `/v1/applications/${(body as Body).applications[0]!.id}`)).status).toBe(404)
  })
})

describe('GET /v1/applications', () => {
  it('pages from the newest to the oldest without a gap', async () => {
    const whole = (await get(operator, '/v1/applications?limit=200')).body as {
      applications: { id: string }[]
    }
    const ids: string[] = []
    for (let next: string | null = ''; next !== null;) {
      const page = (await get(operator, `/v1/applications?limit=3${next && `&after=${next}`}`)).body as {
        applications: { id: string }[]
        next: string | null
      }
      ids.push(...page.applications.map(({ id }) => id))
      next = page.next
    }
    expect(ids).toEqual(whole.applications.map(({ id }) => id))
  })

  it.each(['%00', 'a%0Ab', '%E6%97%A5'])('refuses the CN %s', async (name) => {
    expect((await get(operator, `/v1/applications?commonName=${name}`)).status).toBe(400)
  })

  it.each([0, 201])('refuses a page of %i', async (limit) => {
    expect((await get(operator, `/v1/applications?limit=${limit}`)).status).toBe(400)
  })
})

describe('an operator', () => {
  const waiting = async (name: string) =>
    ((await post(portal, await application(name, { subscriberEmail: 'hanako@example.ac.jp' }))).body as Body)
      .applications[0]!.id
  const decide = (id: string, decision: string, body?: unknown) =>
    gateway.http
      .post(`/v1/applications/${id}/${decision}`)
      .set('authorization', `Bearer ${operator}`)
      .send(body as object)

  it('approves, twice with one effect', async () => {
    const id = await waiting('approve.example.ac.jp')
    expect((await decide(id, 'approve')).body).toMatchObject({
      state: expect.stringMatching(/queued|batched|submitting/),
    })
    const entries = () =>
      gateway.env.db
        .selectFrom('audit_log')
        .select('action')
        .where('subject', '=', id)
        .where('action', '=', 'application.approve')
        .execute()
    await decide(id, 'approve')
    expect(await entries()).toHaveLength(1)
  })

  it('rejects with a reason that the applicant reads', async () => {
    const id = await waiting('reject.example.ac.jp')
    expect((await decide(id, 'reject', { reason: 'wrong department' })).body).toMatchObject({
      state: 'rejected',
      failure: { message: { en: 'Rejected by an operator: wrong department' } },
    })
  })

  it.each([
    { name: 'NUL', reason: 'a\0' },
    { name: 'half a surrogate pair', reason: 'a\ud800' },
    { name: '501 characters', reason: 'x'.repeat(501) },
  ])('cannot give a reason with $name', async ({ reason }) => {
    const id = await waiting(`reason-${reason.codePointAt(1)}.example.ac.jp`)
    expect((await decide(id, 'reject', { reason })).status).toBe(400)
  })

  it('may give a reason of 500 characters on two lines', async () => {
    const id = await waiting('reason-long.example.ac.jp')
    expect((await decide(id, 'reject', { reason: `理由\n${'x'.repeat(497)}` })).status).toBe(200)
  })

  it('cannot approve what was rejected', async () => {
    const id = await waiting('rejected.example.ac.jp')
    await decide(id, 'reject', { reason: 'x' })
    expect((await decide(id, 'approve')).status).toBe(409)
  })

  it('is the only one who may', async () => {
    const id = await waiting('portal2.example.ac.jp')
    const response = await gateway.http
      .post(`/v1/applications/${id}/approve`)
      .set('authorization', `Bearer ${portal}`)
    expect(response.status).toBe(403)
  })
})

describe('the audit log', () => {
  it('tells who made the first token and the first EAB credential', async () => {
    const entries = await gateway.env.db
      .selectFrom('audit_log')
      .select(['actor', 'action'])
      .where('actor', '=', 'gateway')
      .execute()
    expect(entries).toEqual(
      expect.arrayContaining([
        { actor: 'gateway', action: 'token.create' },
        { actor: 'gateway', action: 'eab.create' },
      ]),
    )
  })

  it('cannot be changed', async () => {
    await expect(gateway.env.db.updateTable('audit_log').set({ actor: 'x' }).execute()).rejects.toThrow(
      /append-only/,
    )
    await expect(gateway.env.db.deleteFrom('audit_log').execute()).rejects.toThrow(/append-only/)
  })
})
