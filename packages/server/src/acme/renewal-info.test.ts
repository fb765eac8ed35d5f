/** Renewal information (RFC 9773): whoever asks is told, operators move the window, orders say what they replace. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AcmeClient, outcomeOf, urlOf } from '../testing/acme-client.js'
import { startTestGateway, type TestGateway } from '../testing/gateway.js'
import { csrFor, type Issued, issueFor } from '../testing/issue.js'

let gateway: TestGateway
let client: AcmeClient
let other: AcmeClient

beforeAll(async () => {
  gateway = await startTestGateway()
  client = await AcmeClient.registered(gateway)
  other = await AcmeClient.registered(gateway)
})

afterAll(async () => {
  await client.close()
  await other.close()
  await gateway.close()
})

const day = 86_400_000
let count = 0
const freshName = (): string => `renewal-${++count}.example.ac.jp`

const ask = (id: string) => client.request('GET', `${client.url('renewal-info')}/${id}`)

const reissue = async (body: Record<string, unknown>, scopes = ['applications:approve']) =>
  gateway.http
    .post('/v1/reissues')
    .set('Authorization', `Bearer ${await gateway.token(scopes)}`)
    .send(body)

describe('renewalInfo', () => {
  let issued: Issued
  beforeAll(async () => {
    issued = await issueFor(gateway, client, [freshName()], new Date(Date.now() + 120 * day))
  })

  it('stands in the directory', async () => {
    const { body } = await client.request('GET', client.url('directory'))
    expect(body.renewalInfo).toBe(client.url('renewal-info'))
  })

  it('suggests a window in the last third of the lifetime, says when to ask again, and may be cached', async () => {
    const { status, headers, body } = await ask(issued.id)
    expect(status).toBe(200)
    expect(headers.get('content-type')).toBe('application/json')
    expect(headers.get('retry-after')).toBe('21600')
    expect(headers.get('cache-control')).toBe('public, max-age=3600')
    expect(headers.get('replay-nonce')).toBeNull()
    const { start, end } = body.suggestedWindow as { start: string; end: string }
    const days = (time: string) => Math.round((Date.parse(time) - Date.now()) / day)
    expect([days(start), days(end)]).toEqual([80, 90])
    expect(body).not.toHaveProperty('explanationURL')
  })

  it.each([
    ['an identifier that is none', () => 'nonsense', '400 malformed'],
    ['a certificate that is not there', () => 'aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE', '404 malformed'],
    [
      'the serial number of another issuer',
      () => `aYhba4dGQEHhs3uEe6CuLN4ByNQ.${issued.id.split('.')[1] ?? ''}`,
      '404 malformed',
    ],
  ])('knows nothing of %s', async (_name, id, outcome) => {
    expect(outcomeOf(await ask(id()))).toBe(outcome)
  })

  it('is read by GET and HEAD only', async () => {
    const { status, headers } = await client.request('POST', `${client.url('renewal-info')}/${issued.id}`)
    expect([status, headers.get('allow')]).toEqual([405, 'GET, HEAD'])
  })

  it('lies in the past once the certificate is revoked', async () => {
    const { id, serial } = await issueFor(gateway, client, [freshName()])
    await gateway.env.db
      .updateTable('certificates')
      .set({ status: 'revoked' })
      .where('serial', '=', serial)
      .execute()
    const { suggestedWindow } = (await ask(id)).body as { suggestedWindow: { start: string; end: string } }
    expect(Date.parse(suggestedWindow.end)).toBeLessThan(Date.now())
    expect(Date.parse(suggestedWindow.start)).toBeLessThan(Date.parse(suggestedWindow.end))
  })

  it('is moved forward for certificates that an operator marks, with the reason, and back again', async () => {
    const before = (await ask(issued.id)).body
    const replaceBy = new Date(Date.now() + 5 * day).toISOString()
    const explanationUrl = 'https://www.example.ac.jp/incident'
    const { status, body } = await reissue({ serials: [issued.serial], replaceBy, explanationUrl })
    expect([status, body]).toEqual([200, { marked: 1 }])
    const marked = (await ask(issued.id)).body as {
      suggestedWindow: { start: string; end: string }
      explanationURL: string
    }
    expect(marked.explanationURL).toBe(explanationUrl)
    expect(marked.suggestedWindow.end).toBe(replaceBy)
    expect(Date.parse(marked.suggestedWindow.start)).toBeLessThanOrEqual(Date.now())
    await reissue({ serials: [`0x${BigInt(issued.serial).toString(16)}`], replaceBy: null })
    expect((await ask(issued.id)).body).toEqual(before)
  })

  it('is moved by who may approve, for certificates of his organisation, and not into the past', async () => {
    const replaceBy = new Date(Date.now() + day).toISOString()
    const { serial } = issued
    expect((await reissue({ serials: [serial], replaceBy }, ['applications:write'])).status).toBe(403)
    expect((await reissue({ serials: [serial, '4711'], replaceBy })).status).toBe(422)
    expect((await reissue({ serials: [serial], replaceBy: '2020-01-01T00:00:00Z' })).status).toBe(422)
    expect((await ask(issued.id)).body.suggestedWindow).not.toHaveProperty('end', replaceBy)
  })
})

const serialOf = async (reply: { headers: Headers }): Promise<string | null> =>
  (
    await gateway.env.db
      .selectFrom('acme_orders')
      .select('replaces_serial')
      .where('id', '=', urlOf(reply).split('/').at(-1) ?? '')
      .executeTakeFirstOrThrow()
  ).replaces_serial

describe('replaces', () => {
  it('is kept and shown, in the answer and in the order', async () => {
    const name = freshName()
    const { id, serial } = await issueFor(gateway, client, [name])
    const order = await client.order([name], { replaces: id })
    expect([order.status, order.body.replaces]).toEqual([201, id])
    expect(await serialOf(order)).toBe(serial)
    expect((await client.post(urlOf(order))).body.replaces).toBe(id)
  })

  it('of an order that is open already is taken over', async () => {
    const name = freshName()
    const { id, serial } = await issueFor(gateway, client, [name])
    const first = await client.order([name])
    const again = await client.order([name], { replaces: id })
    expect(again.headers.get('location')).toBe(first.headers.get('location'))
    expect([again.body.replaces, await serialOf(again)]).toEqual([id, serial])
  })

  it('O14 that is unknown, of another account, without a common name or malformed changes nothing', async () => {
    const mine = await issueFor(gateway, client, [freshName()])
    const others = await issueFor(gateway, other, [freshName()])
    for (const replaces of ['aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE', others.id, mine.id, '#', '']) {
      const order = await client.order([freshName()], { replaces })
      expect([order.status, await serialOf(order)]).toEqual([201, null])
    }
    for (const replaces of [7, null, ['x'], 'x'.repeat(201), 'a\0.b', '発行']) {
      const order = await client.order([freshName()], { replaces })
      expect(order.status).toBe(201)
      expect(order.body).not.toHaveProperty('replaces')
    }
  })

  it('is refused for a second order, unless the first one is invalid', async () => {
    const name = freshName()
    const { id } = await issueFor(gateway, client, [name])
    const first = await client.order([name], { replaces: id })
    const wider = [name, freshName()]
    const second = await client.order(wider, { replaces: id })
    expect(outcomeOf(second)).toBe('409 alreadyReplaced')
    const ids = ((await client.post(`${client.kid ?? ''}/orders`)).body.orders as string[]).length
    await client.post(String((first.body.authorizations as string[])[0]), { status: 'deactivated' })
    const third = await client.order(wider, { replaces: id })
    expect([third.status, third.body.replaces]).toEqual([201, id])
    // What was refused left no order, and the first one, which is invalid, is listed no longer.
    expect(((await client.post(`${client.kid ?? ''}/orders`)).body.orders as string[]).length).toBe(ids)
  })

  it('is refused once the certificate was replaced', async () => {
    const name = freshName()
    const { id } = await issueFor(gateway, client, [name])
    const order = await client.order([name], { replaces: id })
    await client.post(String(order.body.finalize), { csr: await csrFor([name]) })
    await gateway.env.db
      .updateTable('applications')
      .set({ state: 'issued' })
      .where('common_name', '=', name)
      .execute()
    expect(outcomeOf(await client.order([name], { replaces: id }))).toBe('409 alreadyReplaced')
    expect((await client.order([name])).status).toBe(201)
  })

  it('of one certificate by eight different orders at once is granted to one', async () => {
    const name = freshName()
    const { id } = await issueFor(gateway, client, [name])
    const wide = Array.from({ length: 8 }, () => [name, freshName()])
    const replies = await Promise.all(wide.map((names) => client.order(names, { replaces: id })))
    expect(replies.map(outcomeOf).sort()).toEqual(['201', ...Array<string>(7).fill('409 alreadyReplaced')])
  })
})
