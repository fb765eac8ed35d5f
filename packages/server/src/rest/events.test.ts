/** /v1/events: paged through, and listened to over a real connection. */
import { request as httpsRequest } from 'node:https'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { sampleCsr } from '@upki-gateway/shared/testing'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { startTestGateway, type TestGateway } from '../testing/gateway.js'
import { byHand } from '../testing/by-hand.js'

let gateway: TestGateway
let token: string
let portal: string
let isStopped = false

const allScopes = ['applications:read', 'applications:write', 'applications:approve']

beforeAll(async () => {
  gateway = await startTestGateway({ change: byHand })
  token = await gateway.token(allScopes)
  portal = await gateway.token(['applications:read', 'applications:write'])
})

interface Event {
  id: string
  type: string
  application: string | null
  data: { commonName?: string }
}
interface Page {
  events: Event[]
  last: string
  isMore: boolean
}

const get = (path: string, by = token) => gateway.http.get(path).set('authorization', `Bearer ${by}`)
const page = async (query: string, by = token) => (await get(`/v1/events?${query}`, by)).body as Page

async function apply(name: string, by = portal): Promise<string> {
  const csr = await sampleCsr(name)
  const answer = await gateway.http
    .post('/v1/applications')
    .set('authorization', `Bearer ${by}`)
    .send({ csr, subscriberEmail: 'hanako@example.ac.jp', software: 'nginx 1.26' })
  expect(answer.status).toBe(201)
  return (answer.body as { applications: { id: string }[] }).applications[0]!.id
}

interface Stream {
  status: number
  text: string
  events: () => Event[]
  /** The last id that the browser would send back. */
  lastId: () => string
  isClosed: boolean
  close: () => void
}

const open: Stream[] = []

/** As EventSource reads it: blocks between empty lines. */
const blocksOf = (text: string) => text.split('\n\n').slice(0, -1)

function listen(by: string, { query = '', headers = {} }: { query?: string; headers?: object } = {}) {
  return new Promise<Stream>((resolve, reject) => {
    const request = httpsRequest(
      `${gateway.url}/v1/events${query}`,
      {
        ca: readFileSync(join(gateway.directory, 'ca.pem')),
        agent: false,
        headers: { accept: 'text/event-stream', authorization: `Bearer ${by}`, ...headers },
      },
      (response) => {
        const stream: Stream = {
          status: response.statusCode ?? 0,
          text: '',
          isClosed: false,
          events: () =>
            blocksOf(stream.text).flatMap((block) => {
              const data = /^data: (.*)$/m.exec(block)?.[1]
              return data === undefined ? [] : [JSON.parse(data) as Event]
            }),
          lastId: () => [...stream.text.matchAll(/^id: (\d+)$/gm)].at(-1)?.[1] ?? '',
          close: () => request.destroy(),
        }
        response.setEncoding('utf8')
        response.on('data', (chunk: string) => (stream.text += chunk))
        response.on('close', () => (stream.isClosed = true))
        response.on('error', () => undefined)
        open.push(stream)
        resolve(stream)
      },
    )
    request.on('error', reject)
    request.end()
  })
}

afterEach(() => {
  for (const stream of open.splice(0)) stream.close()
})
afterAll(() => (isStopped ? undefined : gateway.close()))

const wait = { timeout: 30_000, interval: 50 }
const namesIn = (stream: Stream) => stream.events().map(({ data }) => data.commonName)

describe('GET /v1/events as a list', () => {
  it('tells what happened in its order, page by page', async () => {
    const { last: before } = await page('limit=200')
    const ids = [await apply('one.example.ac.jp'), await apply('two.example.ac.jp')]
    const first = await page(`after=${before}&limit=3`)
    expect(first.events.map(({ type, application }) => [type, application])).toEqual([
      ['application.received', ids[0]],
      ['application.needs-approval', ids[0]],
      ['application.received', ids[1]],
    ])
    expect(first.isMore).toBe(true)
    const second = await page(`after=${first.last}&limit=3`)
    expect(second.events.map(({ type }) => type)).toEqual(['application.needs-approval'])
    expect(await page(`after=${second.last}`)).toMatchObject({ events: [], last: second.last, isMore: false })
  })

  it.each([
    { type: 'application.needs-approval', finds: ['application.needs-approval'] },
    { type: 'application.', finds: ['application.received', 'application.needs-approval'] },
    { type: 'batch.,certificate.issued', finds: [] },
  ])('of type $type only', async ({ type, finds }) => {
    const { last } = await page('limit=200')
    await apply(`${type.replace(/[^a-z]/g, '')}.example.ac.jp`)
    expect((await page(`after=${last}&type=${type}`)).events.map((event) => event.type)).toEqual(finds)
  })

  it("has nothing of another organisation's, and wants the scope", async () => {
    await apply('secret.example.ac.jp')
    const stranger = await gateway.token(allScopes, { organisation: 'other' })
    expect((await page('limit=200', stranger)).events).toEqual([])
    expect((await get('/v1/events', await gateway.token(['audit:read']))).status).toBe(403)
  })

  it('tells an approver of a department of its names only', async () => {
    const administrator = await gateway.operator('administrator')
    const made = await gateway.http
      .post('/v1/departments')
      .set('authorization', `Bearer ${administrator.token}`)
      .send({ name: 'Physics', names: ['.phys.example.ac.jp'] })
    const approver = await gateway.operator('approver', { department: (made.body as { id: string }).id })
    const { last } = await page('limit=200')
    await apply('www.phys.example.ac.jp')
    await apply('www.law.example.ac.jp')
    const seen = (await page(`after=${last}`, approver.token)).events.map(({ data }) => data.commonName)
    expect(seen).toEqual(['www.phys.example.ac.jp', 'www.phys.example.ac.jp'])
  })
})

describe('GET /v1/events as a stream', () => {
  it('tells what happens from now on', async () => {
    await apply('before.example.ac.jp')
    await page('limit=1')
    const stream = await listen(token)
    expect(stream.status).toBe(200)
    await vi.waitFor(() => expect(stream.lastId()).not.toBe(''), wait)
    const id = await apply('live.example.ac.jp')
    await vi.waitFor(() => expect(stream.events()).toHaveLength(2), wait)
    expect(stream.events().map(({ type, application }) => [type, application])).toEqual([
      ['application.received', id],
      ['application.needs-approval', id],
    ])
  })

  it('goes on where a connection broke, and leaves nothing out', async () => {
    const stream = await listen(token)
    await vi.waitFor(() => expect(stream.lastId()).not.toBe(''), wait)
    const lastId = stream.lastId()
    stream.close()
    await apply('missed.example.ac.jp')
    const again = await listen(token, { headers: { 'last-event-id': lastId } })
    await vi.waitFor(() => expect(namesIn(again)).toContain('missed.example.ac.jp'), wait)
    await apply('next.example.ac.jp')
    await vi.waitFor(() => expect(namesIn(again)).toContain('next.example.ac.jp'), wait)
    const ids = again.events().map(({ id }) => BigInt(id))
    expect(ids).toEqual([...ids].sort((a, b) => Number(a - b)))
    await vi.waitFor(() => expect(namesIn(again)).toHaveLength(4), wait)
  })

  it('tells each of many listeners the same, each its own organisation and types', async () => {
    const stranger = await gateway.token(allScopes, { organisation: 'other' })
    const streams = await Promise.all([
      listen(token),
      listen(portal, { query: '?type=application.needs-approval' }),
      listen(stranger),
    ])
    await vi.waitFor(() => expect(streams.every(({ text }) => text !== '')).toBe(true), wait)
    await apply('many.example.ac.jp')
    await apply('last.example.ac.jp')
    await vi.waitFor(() => {
      expect(namesIn(streams[0])).toHaveLength(4)
      expect(namesIn(streams[1])).toEqual(['many.example.ac.jp', 'last.example.ac.jp'])
    }, wait)
    expect(streams[2].events()).toEqual([])
  })

  it('catches up over more than a page of the store', async () => {
    const { last } = await page('limit=200')
    const events = Array.from({ length: 1200 }, () => ({
      ...{ at: new Date(), organisation: 'example', type: 'batch.sealed' as const, data: '{}' },
    }))
    await gateway.env.db.insertInto('events').values(events).execute()
    const stream = await listen(token, { headers: { 'last-event-id': last } })
    await vi.waitFor(() => expect(stream.events()).toHaveLength(1200), wait)
    expect(new Set(stream.events().map(({ id }) => id)).size).toBe(1200)
  })

  it('refuses an id that is none', async () => {
    expect((await listen(token, { headers: { 'last-event-id': 'x; y' } })).status).toBe(400)
  })

  it('lets one caller listen twenty times at most', async () => {
    const mine = await gateway.token(allScopes)
    const streams = await Promise.all(Array.from({ length: 20 }, () => listen(mine)))
    expect(streams.every(({ status }) => status === 200)).toBe(true)
    expect((await listen(mine)).status).toBe(503)
    streams[0]?.close()
    await vi.waitFor(async () => {
      const one = await listen(mine)
      expect(one.status).toBe(200)
    }, wait)
  })
})

describe('a listener', () => {
  const enterDepartment = async (...names: string[]) => {
    const administrator = await gateway.operator('administrator')
    const made = await gateway.http
      .post('/v1/departments')
      .set('authorization', `Bearer ${administrator.token}`)
      .send({ name: `department of ${names.join()}`, names })
    return (made.body as { id: string }).id
  }
  const change = (table: 'tokens' | 'operators', id: string, to: object) =>
    gateway.env.db
      .updateTable(table)
      .set(to)
      .where(table === 'tokens' ? 'operator_id' : 'id', '=', id)
      .execute()

  it(
    'who is let in no more, or sees less, is sent away with the next heartbeat; others stay',
    { timeout: 60_000 },
    async () => {
      const department = await enterDepartment(`.${Date.now()}.example.ac.jp`)
      const [revoked, moved, staying] = [
        await gateway.operator('operator'),
        await gateway.operator('operator'),
        await gateway.operator('approver', { department }),
      ]
      const [ofRevoked, ofMoved, ofStaying] = [
        await listen(revoked.token),
        await listen(moved.token),
        await listen(staying.token),
      ]
      await change('tokens', revoked.id, { revoked_at: new Date() })
      await change('operators', moved.id, { department_id: department })
      await vi.waitFor(() => expect([ofRevoked.isClosed, ofMoved.isClosed]).toEqual([true, true]), wait)
      await vi.waitFor(() => expect(ofStaying.text).toContain(': still here'), wait)
      expect(ofStaying.isClosed).toBe(false)
    },
  )

  it('does not keep the gateway from stopping', { timeout: 60_000 }, async () => {
    const stream = await listen(token)
    isStopped = true
    await gateway.close()
    await vi.waitFor(() => expect(stream.isClosed).toBe(true), wait)
  })
})
