/** JSON that could be read in two ways is refused, and says where; what cannot be kept is the caller's fault. */
import { request } from 'node:https'
import { text } from 'node:stream/consumers'
import { makeCsr } from '@upki-gateway/shared/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { scopes } from '../policy/scopes.js'
import { startTestGateway, type TestGateway } from '../testing/gateway.js'

let gateway: TestGateway
let token: string
let csr: string

beforeAll(async () => {
  gateway = await startTestGateway()
  token = await gateway.token(scopes)
  const subject = 'C=JP,ST=Tokyo,L=Chiyoda-ku,O=Example University,CN=once.example.ac.jp'
  csr = await makeCsr({ key: 'p384', subject })
})
afterAll(() => gateway.close())

interface Answer {
  status: number | undefined
  body: { type: string; detail: string; findings?: object[] }
}

/** The bytes as they are. */
async function send(path: string, bytes: Buffer, type = 'application/json'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': type, 'accept-language': 'ja' }
    const call = request(gateway.url + path, { method: 'POST', headers, rejectUnauthorized: false })
    call.on('error', reject)
    call.on('response', (response) => {
      text(response).then(
        (body) => resolve({ status: response.statusCode, body: JSON.parse(body) as Answer['body'] }),
        reject,
      )
    })
    call.end(bytes)
  })
}

const row = (more = '') =>
  `{"csr":${JSON.stringify(csr)},"subscriberEmail":"taro@example.ac.jp","software":"nginx"${more}}`

const stored = async () =>
  (await gateway.env.db.selectFrom('applications').select('id').execute()).map(({ id }) => id)

describe('applications in which a field stands twice', () => {
  it.each([
    {
      name: 'one application',
      body: () => row(',"software":"apache"'),
      place: { row: 1, field: 'software' },
    },
    {
      name: 'the second of two',
      body: () => `[${row()},${row(',"csr":"A"')}]`,
      place: { row: 2, field: 'csr' },
    },
    {
      name: 'one, under an escaped name',
      body: () => row(',"softwar\\u0065":"apache"'),
      place: { row: 1, field: 'software' },
    },
    {
      name: 'JSON lines',
      body: () => row(',"csr":"A"'),
      place: { row: 1, field: 'csr' },
      type: 'application/x-ndjson',
    },
  ])('are refused by row and field, and nothing is stored: $name', async ({ body, type, place }) => {
    const answer = await send('/v1/applications', Buffer.from(body()), type)
    expect(answer.status).toBe(422)
    expect(answer.body.findings).toMatchObject([{ ...place, code: 'inputMemberTwice' }])
    expect(await stored()).toEqual([])
  })
})

describe('any other body', () => {
  it('in which a member stands twice is refused with its place', async () => {
    const body = '{"action":"revoke","criteria":{"q":"a","issuer":"x","q":"b"}}'
    const { status, body: problem } = await send('/v1/incidents', Buffer.from(body))
    expect([status, problem.detail]).toEqual([
      400,
      '項目 criteria.q が本文に2つあります。正しい方だけを残してください。',
    ])
  })

  it('in UTF-16 is read so, and refused for the same reason', async () => {
    const bytes = Buffer.from('{"name":"a","name":"b"}', 'utf16le')
    const { status, body } = await send('/v1/tokens', bytes, 'application/json; charset=utf-16le')
    expect([status, body.detail]).toEqual([
      400,
      '項目 name が本文に2つあります。正しい方だけを残してください。',
    ])
  })

  it('in Shift_JIS is refused, not read as something else', async () => {
    // 部局
    const bytes = Buffer.concat([
      Buffer.from('{"name":"'),
      Buffer.of(0x95, 0x94, 0x8b, 0xc7),
      Buffer.from('"}'),
    ])
    const { status, body } = await send('/v1/departments', bytes)
    expect([status, body.detail]).toEqual([
      400,
      '本文がUTF-8ではありません。JSONはUTF-8で送ってください（RFC 8259 §8.1）。',
    ])
  })

  it('that is no JSON at all is told so first, however many quotation marks it has', async () => {
    const { status, body } = await send('/v1/departments', Buffer.from('\\"'.repeat(4_000_000)))
    expect([status, body.detail]).toEqual([400, expect.stringContaining('本文がJSONではありません')])
  })

  it('with the character U+0000 where any text may stand is the caller’s fault', async () => {
    const url = 'https://hook.example.ac.jp/'
    const body = JSON.stringify({ url, description: 'a\0b' })
    const { status, body: problem } = await send('/v1/webhooks', Buffer.from(body))
    expect([status, problem.detail]).toEqual([
      400,
      'リクエストの文字列にU+0000が含まれています。除いてください。',
    ])
  })

  const subscriber = { email: 'taro@example.ac.jp' }
  const names = ['.example.ac.jp']
  it.each([
    ['approvals', { subscriber: { ...subscriber, name: '\ud800' }, names }, 'subscriber.name'],
    ['approvals', { subscriber: { ...subscriber, department: 'a\tb' }, names }, 'subscriber.department'],
    ['approvals', { subscriber: { email: 'taro\ud800@example.ac.jp' }, names }, 'subscriber.email'],
    ['eab-credentials', { subscriber: { ...subscriber, software: '\udfff' }, names }, 'subscriber.software'],
    ['webhooks', { url: 'https://hook.example.ac.jp/\ud800' }, 'url'],
  ])(
    'with half a character, or none that is printed, is refused by its member: %s %j',
    async (path, body, member) => {
      const { status, body: problem } = await send(`/v1/${path}`, Buffer.from(JSON.stringify(body)))
      expect([status, problem.detail]).toEqual([400, expect.stringMatching(`^項目 ${member} は .* に一致`)])
    },
  )

  it.each(['javascript:alert(1)', 'data:text/html,x', 'ftp://www.example.ac.jp/'])(
    'sends people for the reason of an incident to no %s',
    async (explanationUrl) => {
      const action = { type: 'reissue', replaceBy: '2099-01-01T00:00:00Z', explanationUrl }
      const body = JSON.stringify({ criteria: { q: 'www' }, action })
      expect((await send('/v1/incidents', Buffer.from(body))).status).toBe(400)
    },
  )
})
