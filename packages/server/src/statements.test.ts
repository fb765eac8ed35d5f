/**
 * How many statements a request takes: each is a way to the database and back, and what a request costs is mostly these.
 * A request that takes one more should have a reason for it.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeCsrDer } from '@upki-gateway/shared/testing'
import { AcmeClient, urlOf } from './testing/acme-client.js'
import { startTestGateway, type TestGateway } from './testing/gateway.js'
import { csrFor, issueFor } from './testing/issue.js'
import { watchStatements, type WatchedStatements } from './testing/watch-statements.js'

let watched: WatchedStatements
let gateway: TestGateway
let client: AcmeClient

beforeAll(async () => {
  watched = watchStatements()
  gateway = await startTestGateway({ isEmbedded: true })
  // What follows from a request is not the request.
  gateway.env.ring = () => undefined
  client = await AcmeClient.registered(gateway)
  // The first request of an account reads its key.
  await client.order(['known.example.ac.jp'])
})

afterAll(async () => {
  await client.close()
  await gateway.close()
  watched.stop()
})

/** First words of the statements of the last request. */
const statements = (): string[] => watched.last().map((text) => /^\w+/.exec(text)?.[0].toLowerCase() ?? '')

const idOf = (url: string | null): string => url?.split('/').at(-1) ?? ''

describe('statements of a request', () => {
  it('newOrder: admission with account and approval, the open order, the new one with its authorizations', async () => {
    expect((await client.order(['one.example.ac.jp'])).status).toBe(201)
    expect(statements()).toEqual(['begin', 'with', 'select', 'with', 'commit'])
  })

  it('newOrder again: nothing is made', async () => {
    expect((await client.order(['one.example.ac.jp'])).status).toBe(201)
    expect(statements()).toEqual(['begin', 'with', 'select', 'commit'])
  })

  it('finalize: admission, the order with what is authorized, the history, the application, the order', async () => {
    const order = await client.order(['two.example.ac.jp'])
    const csr = await csrFor(['two.example.ac.jp'])
    expect((await client.post(String(order.body.finalize), { csr })).status).toBe(200)
    expect(statements()).toEqual(['begin', 'with', 'select', 'select', 'with', 'with', 'commit'])
  })

  it('a look at an order: one, which lets the request in and reads the order', async () => {
    const order = await client.order(['three.example.ac.jp'])
    expect((await client.post(urlOf(order))).body.status).toBe('ready')
    expect(statements()).toEqual(['with'])
  })

  it('the certificate: one more', async () => {
    const issued = await issueFor(gateway, client, ['four.example.ac.jp'])
    const id = idOf(issued.order.headers.get('location'))
    expect((await client.post(client.url(`order/${id}/certificate`))).status).toBe(200)
    expect(statements()).toEqual(['with', 'select'])
  })

  it('an application by REST: who asks, the history, the approvals, the application', async () => {
    const { token } = await gateway.operator('operator')
    const subject = 'C=JP,ST=Tokyo,L=Chiyoda-ku,O=Example University,CN=five.example.ac.jp'
    const csr = Buffer.from(await makeCsrDer({ key: 'p384', subject, dnsNames: [] })).toString('base64')
    const application = {
      csr,
      subscriberName: '国立 太郎',
      subscriberEmail: 'taro@example.ac.jp',
      software: 'nginx',
    }
    const answer = await gateway.http
      .post('/v1/applications')
      .auth(token, { type: 'bearer' })
      .send(application)
    expect(answer.status).toBe(201)
    expect(statements()).toEqual(['select', 'select', 'select', 'with'])
  })
})
