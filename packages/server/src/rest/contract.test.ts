/** Code and contract say the same: every operation is served, every answer is validated. */
import { makeCsr } from '@upki-gateway/shared/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestGateway, type TestGateway } from '../testing/gateway.js'
import { scopes } from '../policy/scopes.js'
import { loadContract } from './contract.js'

let gateway: TestGateway
let token: string

beforeAll(async () => {
  gateway = await startTestGateway()
  token = await gateway.token(scopes)
})
afterAll(() => gateway.close())

const methods = ['get', 'post', 'put', 'patch', 'delete'] as const

const operations = Object.entries(loadContract().paths ?? {}).flatMap(([path, item]) =>
  methods.filter((method) => item[method]).map((method) => ({ method, path })),
)

const examples: Record<string, string> = {
  id: '01a204eb-3bfd-7599-894a-e1539f939660',
  serial: '1',
  kid: 'unknown',
}
const fill = (path: string) => path.replace(/\{(\w+)\}/g, (_, name: string) => examples[name] ?? 'x')

describe('the contract', () => {
  it.each(operations)('$method $path is served', async ({ method, path }) => {
    const response = await gateway.http[method](fill(path)).set('authorization', `Bearer ${token}`)
    expect(response.body).not.toMatchObject({ detail: expect.stringContaining('There is nothing at') })
    expect(response.status).not.toBe(405)
    expect(response.status).toBeLessThan(500)
  })

  it.each(
    operations.flatMap(({ method, path }) => {
      const { description = '' } = (loadContract().paths?.[path]?.[method] ?? {}) as { description?: string }
      const scope = /^Needs the scope `([a-z:]+)`\./.exec(description)?.[1]
      return method === 'get' && scope ? [{ path, scope }] : []
    }),
  )('GET $path needs $scope, and tells so in both languages', async ({ path, scope }) => {
    const others = await gateway.token(scopes.filter((each) => each !== scope))
    const ask = (language: string) =>
      gateway.http.get(fill(path)).set({ authorization: `Bearer ${others}`, 'accept-language': language })
    const [ja, en] = [await ask('ja'), await ask('en')]
    expect([ja.status, en.status]).toEqual([403, 403])
    expect((ja.body as { detail: string }).detail).toBe(`${scope} の権限がありません。`)
    expect((en.body as { detail: string }).detail).toContain(`lacks the scope ${scope}`)
  })

  it('is served as JSON without a token', async () => {
    expect((await gateway.http.get('/v1/openapi.json')).body).toEqual(
      JSON.parse(JSON.stringify(loadContract())),
    )
  })

  it.each(['/v1/nothing', '/v1/applications/01a204eb-3bfd-7599-894a-e1539f939660/nothing'])(
    'knows no %s',
    async (path) => {
      expect((await gateway.http.get(path).set('authorization', `Bearer ${token}`)).status).toBe(404)
    },
  )

  it('names the methods it knows when it refuses another', async () => {
    const { status, headers, body } = await gateway.http
      .delete('/v1/applications')
      .set('authorization', `Bearer ${token}`)
    expect([status, headers.allow, (body as { detail: string }).detail]).toEqual([
      405,
      'GET, POST',
      'Use GET, POST here',
    ])
  })

  it.each([
    { path: '/v1/applications?limit=0', status: 400, ja: 'クエリパラメータ limit は 1 以上にしてください。' },
    { path: '/v1/applications/x', status: 400, ja: 'パスのパラメータ id は uuid の形式にしてください。' },
    {
      path: '/v1/applications?no=1',
      status: 400,
      ja: 'クエリパラメータ no はありません。つづりを確かめてください。',
    },
    {
      path: '/v1/applications?limit=',
      status: 400,
      ja: 'クエリパラメータ limit が空です。省くか、値を指定してください。',
    },
    {
      path: '/v1/certificates?q=a/b',
      status: 400,
      ja: 'クエリパラメータ q にパーセント符号化が必要な文字があります（RFC 3986 §2.2）。',
    },
    {
      path: `/v1/audit?limit=${'9'.repeat(400)}`,
      status: 400,
      ja: 'クエリパラメータ limit が大きすぎます。',
    },
    {
      path: `/v1/eab-credentials?limit=${'9'.repeat(400)}`,
      status: 400,
      ja: 'クエリパラメータ limit が大きすぎます。',
    },
    {
      path: '/v1/certificates?expiresFrom=0000-01-01T00:00:00Z',
      status: 400,
      ja: 'expiresFrom の時刻は扱えません。2026-06-01T12:00:00+09:00 のように指定してください。',
    },
    {
      path: '/v1/applications?to=2026-12-31T23:59:60Z',
      status: 400,
      ja: 'to の時刻は扱えません。2026-06-01T12:00:00+09:00 のように指定してください。',
    },
    {
      path: '/v1/audit?subject=%00',
      status: 400,
      ja: 'リクエストの文字列にU+0000が含まれています。除いてください。',
    },
    {
      path: '/v1/applications/%zz',
      status: 400,
      ja: 'パスの % の符号化が正しくありません（RFC 3986 §2.1）。',
    },
    { path: '/acme/order/%zz', status: 400, ja: 'パスの % の符号化が正しくありません（RFC 3986 §2.1）。' },
    { path: '/v1/nothing', status: 404, ja: 'このパスには何もありません。/v1/openapi.json をご覧ください。' },
    {
      path: '/nothing',
      status: 404,
      ja: '/nothing には何もありません。/v1/openapi.json と /acme/directory をご覧ください。',
    },
  ])('tells in Japanese what is wrong with $path', async ({ path, status, ja }) => {
    const answer = await gateway.http
      .get(path)
      .set({ authorization: `Bearer ${token}`, 'accept-language': 'ja' })
    expect([answer.status, (answer.body as { detail?: string }).detail]).toEqual([status, ja])
  })

  it('stops an answer that parts from it', async () => {
    const csr = await makeCsr({
      key: 'p384',
      subject: 'C=JP,ST=Tokyo,L=Chiyoda-ku,O=Example University,CN=odd.example.ac.jp',
    })
    const made = await gateway.http
      .post('/v1/applications')
      .set('authorization', `Bearer ${token}`)
      .send({ csr, subscriberEmail: 'taro@example.ac.jp', software: 'nginx' })
    const [{ id }] = (made.body as { applications: [{ id: string }] }).applications
    await gateway.env.db
      .updateTable('applications')
      .set({ kind: 'odd' as never })
      .where('id', '=', id)
      .execute()
    const response = await gateway.http.get(`/v1/applications/${id}`).set('authorization', `Bearer ${token}`)
    expect([response.status, (response.body as { type: string }).type]).toEqual([
      500,
      'urn:ietf:params:acme:error:serverInternal',
    ])
  })
})

describe('an answer to anyone', () => {
  it.each([
    { path: '/healthz', status: 200, body: { status: 'alive' } },
    // No simulator runs in this test: readiness says which part fails, not why.
    {
      path: '/readyz',
      status: 503,
      body: { status: 'not ready', checks: { store: 'ok', queue: 'ok', upstream: 'failed' } },
    },
  ])('$path gives $status', async ({ path, status, body }) => {
    const response = await gateway.http.get(path)
    expect([response.status, response.body]).toEqual([status, body])
  })

  it('has metrics for Prometheus', async () => {
    const { text } = await gateway.http.get('/metrics')
    expect(text).toContain('process_cpu_user_seconds_total')
    // The application of the test before stays under way: no issuance system takes it.
    expect(text).toMatch(/^upki_applications\{state="(queued|batched|submitting)"\} 1$/m)
    expect(text).toMatch(/^upki_http_request_seconds_count\{method="GET",face="v1",status="2xx"\} [1-9]/m)
  })
})
