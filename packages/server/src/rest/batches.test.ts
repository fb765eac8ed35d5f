/** Files carried by hand: taken once, told once, never given as new again. */
import { createHash } from 'node:crypto'
import { makeCsr } from '@upki-gateway/shared/testing'
import iconv from 'iconv-lite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { scopes } from '../policy/scopes.js'
import { byHand, makeReport } from '../testing/by-hand.js'
import { startTestGateway, type TestGateway } from '../testing/gateway.js'

let gateway: TestGateway
let token: string

beforeAll(async () => {
  gateway = await startTestGateway({ change: byHand })
  token = await gateway.token(scopes)
})
afterAll(() => gateway.close())

const authorization = () => `Bearer ${token}`
const get = (path: string) => gateway.http.get(path).set('authorization', authorization())
const post = (path: string) => gateway.http.post(path).set('authorization', authorization())

interface Batch {
  id: string
  state: string
  sha256: string
  fileName: string
  handedOutTo: string | null
  rows: { application: string; row: number; state: string }[]
}

const look = async (id: string): Promise<Batch> => (await get(`/v1/batches/${id}`)).body as Batch

let names = 0

/** Applies for new names and waits until they are in a file of their own. */
async function sealed(count: number): Promise<Batch> {
  const csrs = await Promise.all(
    Array.from({ length: count }, () =>
      makeCsr({
        key: 'p384',
        subject: `C=JP,ST=Tokyo,L=Chiyoda-ku,O=Example University,CN=h${(names += 1)}.example.ac.jp`,
      }),
    ),
  )
  const rows = csrs.map((csr) => ({ csr, subscriberEmail: 'taro@example.ac.jp', software: 'nginx' }))
  const made = await post('/v1/applications').send(rows)
  const [{ id }] = (made.body as { applications: [{ id: string }] }).applications
  for (;;) {
    const { batches } = (await get('/v1/batches?state=sealed')).body as { batches: Batch[] }
    for (const batch of batches) {
      const whole = await look(batch.id)
      if (whole.rows.some(({ application }) => application === id)) return whole
    }
  }
}

async function taken(count = 1): Promise<Batch> {
  const { id } = await sealed(count)
  expect((await get(`/v1/batches/${id}/tsv`)).status).toBe(200)
  return look(id)
}

const stateOf = async (id: string) => {
  const batch = await look(id)
  return [batch.state, ...batch.rows.map(({ state }) => state)]
}

describe('a sealed file', () => {
  it('is given with its name and digest, and counts as handed out from then on', async () => {
    const { id, sha256, fileName } = await sealed(2)
    const answer = await get(`/v1/batches/${id}/tsv`).responseType('blob')
    const bytes = answer.body as Buffer
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256)
    expect(answer.headers).toMatchObject({
      'content-disposition': `attachment; filename="${fileName}"`,
      'cache-control': 'no-store',
    })
    expect(fileName).toMatch(/\.tsv$/)
    expect(iconv.decode(bytes, 'cp932').split('\r\n')).toHaveLength(3)
    expect(await stateOf(id)).toEqual(['handed-out', 'submitting', 'submitting'])
  })

  it('is not given a second time as new, only on the word that it was not uploaded', async () => {
    const { id } = await taken()
    expect((await get(`/v1/batches/${id}/tsv`)).status).toBe(409)
    expect((await get(`/v1/batches/${id}/tsv?again=true`)).status).toBe(200)
    expect((await look(id)).state).toBe('handed-out')
  })

  it('is given to one of two who ask at once', async () => {
    const { id } = await sealed(1)
    const answers = await Promise.all([get(`/v1/batches/${id}/tsv`), get(`/v1/batches/${id}/tsv`)])
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409])
  })

  it('is not handed out by a HEAD request', async () => {
    const { id } = await sealed(1)
    await gateway.http.head(`/v1/batches/${id}/tsv`).set('authorization', authorization())
    expect((await look(id)).state).toBe('sealed')
  })

  it('needs the right to carry files', async () => {
    const { id } = await sealed(1)
    const reader = await gateway.token(['batches:read', 'applications:approve'])
    const answer = await gateway.http.get(`/v1/batches/${id}/tsv`).set('authorization', `Bearer ${reader}`)
    expect(answer.status).toBe(403)
  })

  it("is unknown to another organisation's operator", async () => {
    const { id } = await sealed(1)
    const other = await gateway.token(scopes, { organisation: 'other' })
    const answer = await gateway.http.get(`/v1/batches/${id}`).set('authorization', `Bearer ${other}`)
    expect(answer.status).toBe(404)
  })
})

const completion =
  '<h2>サーバ証明書 発行・更新申請完了画面</h2><p>ファイルのアップロード処理が完了しました。</p>'
const errorPage = (sentence: string, ...rows: string[]) =>
  `<h2>サーバ証明書 発行・更新・失効申請エラー画面</h2>${sentence}<table>${rows.join('')}</table>`
const ng = '<tr><td>2</td><td>NG</td><td>212:1,主体者DN,指定したDNはすでに存在しています。</td></tr>'

/** What became of a file of two rows, told in every way that an operator has. */
const outcomes = [
  {
    name: 'the word accepted',
    type: 'json',
    body: { outcome: 'accepted' },
    is: ['submitted', 'submitted', 'submitted'],
  },
  {
    name: 'the word unknown',
    type: 'json',
    body: { outcome: 'unknown' },
    is: ['unknown', 'unknown', 'unknown'],
  },
  {
    name: 'the completion page',
    type: 'html',
    body: completion,
    is: ['submitted', 'submitted', 'submitted'],
  },
  {
    name: 'the completion page in EUC-JP',
    type: 'html',
    body: iconv.encode(completion, 'EUC-JP'),
    is: ['submitted', 'submitted', 'submitted'],
  },
  {
    name: 'the error page of a file that was registered but for one row',
    type: 'html',
    body: errorPage('<p>ファイルのアップロード処理が完了しました。</p>', ng),
    is: ['submitted', 'submitted', 'failed'],
  },
] as const

describe('an outcome', () => {
  it.each(outcomes)('by $name makes the batch and its rows $is', async ({ type, body, is }) => {
    const { id } = await taken(2)
    const answer = await post(`/v1/batches/${id}/outcome`)
      .type(type === 'json' ? 'application/json' : 'text/html')
      .send(body as string)
    expect([answer.status, (answer.body as Batch).state]).toEqual([200, is[0]])
    expect(await stateOf(id)).toEqual(is)
  })

  it.each([
    { name: 'page', type: 'text/html', body: errorPage('', ng) },
    { name: 'page in EUC-JP', type: 'text/html', body: iconv.encode(errorPage('', ng), 'EUC-JP') },
    { name: 'page in Shift_JIS', type: 'text/html', body: iconv.encode(errorPage('', ng), 'cp932') },
    { name: 'text copied from the page', type: 'text/plain', body: '2\tNG\t212:1,主体者DN,あり' },
    { name: 'line', type: 'text/plain', body: '2 212:1,主体者DN,あり' },
  ])('by the error $name fails the row and queues the other again', async ({ type, body }) => {
    const { id, rows } = await taken(2)
    const answer = await post(`/v1/batches/${id}/outcome`).type(type).send(body)
    expect([answer.status, (answer.body as Batch).state]).toEqual([200, 'refused'])
    const failed = (await get(`/v1/applications/${rows[1]!.application}`)).body as object
    expect(failed).toMatchObject({ state: 'failed', failure: { upstreamCode: '212', column: 1 } })
    const rest = (await get(`/v1/applications/${rows[0]!.application}`)).body as { state: string }
    expect(['queued', 'batched']).toContain(rest.state)
  })

  it.each([
    { name: 'another page', body: '<html><title>ログイン</title></html>' },
    { name: 'an error of a row that the file does not have', body: '3 212:1,主体者DN,あり' },
    { name: 'an error in a column of no named row', body: '212:1,主体者DN,あり' },
    { name: 'other words', body: 'できました' },
  ])('by $name is not understood and changes nothing', async ({ body }) => {
    const { id } = await taken(2)
    const answer = await post(`/v1/batches/${id}/outcome`).type('text/plain').send(body)
    expect([answer.status, (answer.body as { type: string }).type]).toEqual([
      422,
      'urn:upki-gateway:problem:outcome-not-understood',
    ])
    expect((await look(id)).state).toBe('handed-out')
  })

  it('not-uploaded lets the file be taken as new again', async () => {
    const { id, sha256 } = await taken()
    await post(`/v1/batches/${id}/outcome`).send({ outcome: 'not-uploaded' })
    expect(await look(id)).toMatchObject({ state: 'sealed', handedOutTo: null, sha256 })
    expect((await get(`/v1/batches/${id}/tsv`)).status).toBe(200)
  })

  it('is told once: what is settled stays so', async () => {
    const { id } = await taken()
    await post(`/v1/batches/${id}/outcome`).send({ outcome: 'accepted' })
    const again = await post(`/v1/batches/${id}/outcome`).send({ outcome: 'not-uploaded' })
    expect([again.status, (await look(id)).state]).toEqual([409, 'submitted'])
  })

  it('cannot be told of a file that nobody took', async () => {
    const { id } = await sealed(1)
    expect((await post(`/v1/batches/${id}/outcome`).send({ outcome: 'accepted' })).status).toBe(409)
  })
})

describe('a report', () => {
  it('that is none is refused with what to send', async () => {
    const answer = await post('/v1/reports?name=server').type('text/tab-separated-values').send('a\tb\r\n')
    expect([answer.status, (answer.body as { type: string }).type]).toEqual([
      422,
      'urn:upki-gateway:problem:report-unreadable',
    ])
  })

  it.each(['', '?name=other', '?name=server&takenAt=yesterday', '?name=server&takenAt=2999-01-01T00:00:00Z'])(
    'asked for with "%s" is refused',
    async (query) => {
      expect((await post(`/v1/reports${query}`).type('text/plain').send('x')).status).toBe(400)
    },
  )

  it('without a row of a lost upload proves that it was not taken, if it is younger', async () => {
    const { id } = await taken()
    await post(`/v1/batches/${id}/outcome`).send({ outcome: 'unknown' })
    const give = (query: string) =>
      post(`/v1/reports?name=server${query}`).type('text/tab-separated-values').send(makeReport())
    await give('')
    await give('&takenAt=2020-01-01T00:00:00Z')
    expect((await look(id)).state).toBe('unknown')
    await give(`&takenAt=${new Date().toISOString()}`)
    expect(await look(id)).toMatchObject({ state: 'attention', attention: 'not-in-report' })
  })

  it('without a row of a file in hands proves nothing: it may be uploaded yet', async () => {
    const { id } = await taken()
    await post(`/v1/reports?name=server&takenAt=${new Date().toISOString()}`)
      .type('text/tab-separated-values')
      .send(makeReport())
    expect((await look(id)).state).toBe('handed-out')
  })
})

/** A file whose upload was lost and that the report does not show. */
async function inAttention(): Promise<Batch> {
  const { id } = await taken(2)
  await post(`/v1/batches/${id}/outcome`).send({ outcome: 'unknown' })
  await post(`/v1/reports?name=server&takenAt=${new Date().toISOString()}`)
    .type('text/tab-separated-values')
    .send(makeReport())
  return look(id)
}

describe('an operator asked what became of a batch', () => {
  it.each([
    { decision: 'taken', is: ['submitted', 'submitted', 'submitted'] },
    { decision: 'give-up', is: ['done', 'failed', 'failed'] },
  ])('who says $decision makes it and its rows $is', async ({ decision, is }) => {
    const { id } = await inAttention()
    const answer = await post(`/v1/batches/${id}/decision`).send({ decision, reason: '画面で確認した' })
    expect([answer.status, await stateOf(id)]).toEqual([200, is])
  })

  it('who says resubmit lets the rows go out in a new file', async () => {
    const { id, rows } = await inAttention()
    await post(`/v1/batches/${id}/decision`).send({ decision: 'resubmit', reason: '一覧にない' })
    expect((await look(id)).state).toBe('refused')
    const again = (await get(`/v1/applications/${rows[0]!.application}`)).body as { state: string }
    expect(['queued', 'batched']).toContain(again.state)
  })

  it('can decide once, and only what waits for it', async () => {
    const { id } = await inAttention()
    const decide = () => post(`/v1/batches/${id}/decision`).send({ decision: 'taken', reason: 'x' })
    expect([(await decide()).status, (await decide()).status]).toEqual([200, 409])
  })
})

describe('a file that was taken, but for a row that the report does not show', () => {
  async function rowMissing(): Promise<Batch> {
    const { id } = await taken()
    await post(`/v1/batches/${id}/outcome`).send({ outcome: 'accepted' })
    const longAgo = new Date(Date.now() - 7 * 3_600_000)
    await gateway.env.db.updateTable('batches').set({ submitted_at: longAgo }).where('id', '=', id).execute()
    await post(`/v1/reports?name=server&takenAt=${new Date().toISOString()}`)
      .type('text/tab-separated-values')
      .send(makeReport())
    expect(await look(id)).toMatchObject({ state: 'attention', attention: 'rows-missing' })
    return look(id)
  }

  it.each([
    { name: 'not uploaded', type: 'application/json', body: { outcome: 'not-uploaded' } },
    { name: 'refused', type: 'text/plain', body: '1 212:1,主体者DN,あり' },
  ])('is not $name on anybody’s word: its row is to be decided on', async ({ type, body }) => {
    const { id } = await rowMissing()
    const answer = await post(`/v1/batches/${id}/outcome`).type(type).send(body)
    expect([answer.status, (answer.body as { detail: string }).detail]).toEqual([
      409,
      expect.stringContaining('/decision'),
    ])
    expect(await stateOf(id)).toEqual(['attention', 'submitted'])
    const decided = await post(`/v1/batches/${id}/decision`).send({ decision: 'resubmit', reason: 'x' })
    expect(decided.status).toBe(200)
  })
})

describe('an application', () => {
  it('is cancelled while it waits for approval, once and for all', async () => {
    const portal = await gateway.token(['applications:write'])
    const csr = await makeCsr({
      key: 'p384',
      subject: 'C=JP,ST=Tokyo,L=Chiyoda-ku,O=Example University,CN=cancel.example.ac.jp',
    })
    // The sample organisation's approval is for taro alone.
    const made = await gateway.http
      .post('/v1/applications')
      .set('authorization', `Bearer ${portal}`)
      .send({ csr, subscriberEmail: 'hanako@example.ac.jp', software: 'nginx' })
    const [{ id }] = (made.body as { applications: [{ id: string }] }).applications
    const cancelled = await gateway.http
      .post(`/v1/applications/${id}/cancel`)
      .set('authorization', `Bearer ${portal}`)
    expect([cancelled.status, (cancelled.body as { state: string }).state]).toEqual([200, 'cancelled'])
    expect((await post(`/v1/applications/${id}/cancel`)).status).toBe(200)
    expect((await post(`/v1/applications/${id}/approve`)).status).toBe(409)
    // Nobody took it: its key may be applied for again.
    const again = await post('/v1/applications').send({
      csr,
      subscriberEmail: 'taro@example.ac.jp',
      software: 'nginx',
    })
    expect(again.status).toBe(201)
  })

  it('in a sealed file cannot be cancelled', async () => {
    const { rows } = await sealed(1)
    expect((await post(`/v1/applications/${rows[0]!.application}/cancel`)).status).toBe(409)
  })
})
