/**
 * O1: what belongs to another account is as unknown as what does not exist. Nothing tells them apart: not the
 * answer, and not the statements behind it, whose number is what time is made of.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AcmeClient, type AcmeReply } from '../../testing/acme-client.js'
import { makeEab } from '../../testing/eab.js'
import { sendingNothing, startTestGateway, type TestGateway } from '../../testing/gateway.js'
import { csrFor, type Issued, issueFor } from '../../testing/issue.js'
import { traceOf } from '../../testing/trace.js'
import { watchStatements, type WatchedStatements } from '../../testing/watch-statements.js'

let watched: WatchedStatements
let gateway: TestGateway
/** Has a certificate, and in the other organisation challenges to answer. */
let owner: AcmeClient
let shower: AcmeClient
let stranger: AcmeClient
let issued: Issued
/** Path of each kind of resource, as the owner knows it. */
const paths: Record<string, string> = {}

const pathOf = (url: unknown) => String(url).replace(/^.*\/acme\//, '')

async function toShow(): Promise<AcmeClient> {
  const client = await AcmeClient.open(gateway)
  await client.register(await makeEab(gateway, { organisation: 'other', names: ['.other.ac.jp'] }))
  const order = await client.order(['shown.other.ac.jp'])
  const [authorization = ''] = order.body.authorizations as string[]
  const { challenges } = (await client.post(authorization)).body as { challenges: { url: string }[] }
  paths.pending = pathOf(authorization)
  paths.challenge = pathOf(challenges[0]?.url)
  return client
}

beforeAll(async () => {
  watched = watchStatements()
  gateway = await startTestGateway({
    isEmbedded: true,
    change: (config) => ({
      ...sendingNothing(config),
      organisations: config.organisations.flatMap((each) => [
        each,
        { ...each, id: 'other', domains: ['other.ac.jp'], authorization: 'challenge' as const },
      ]),
    }),
  })
  // What follows from a request is not the request.
  gateway.env.ring = () => undefined
  owner = await AcmeClient.registered(gateway)
  stranger = await AcmeClient.registered(gateway)
  issued = await issueFor(gateway, owner, ['mine.example.ac.jp'])
  paths.order = pathOf(issued.order.headers.get('location'))
  paths.authorization = pathOf((issued.order.body.authorizations as string[])[0])
  paths.account = pathOf(owner.kid)
  shower = await toShow()
  // The first request of an account reads its key.
  await stranger.post(stranger.kid ?? '')
})
afterAll(async () => {
  await Promise.all([owner, shower, stranger].map((client) => client.close()))
  await gateway.close()
  watched.stop()
})

interface Seen {
  reply: Pick<AcmeReply, 'status' | 'text'>
  headers: Record<string, string>
  statements: string[]
}

/** All that the stranger sees, and what it took to show it. */
async function look(path: string, payload: unknown): Promise<Seen> {
  const { status, text, headers } = await stranger.post(stranger.url(path), payload)
  const statements = watched.last()
  const { date, 'replay-nonce': nonce, ...rest } = Object.fromEntries(headers)
  expect([date, nonce]).not.toContain(undefined)
  return { reply: { status, text }, headers: rest, statements }
}

const unknownId = '00000000-0000-7000-8000-000000000000'
const asUnknown = (path: string) => path.replace(/[0-9a-f-]{36}/, unknownId)

describe('O1 what is another account’s', () => {
  it.each<[string, keyof typeof paths, string, { sent?: unknown; status?: number }]>([
    ['an order', 'order', '', {}],
    ['an order to finalize', 'order', '/finalize', { sent: 'csr' }],
    ['an order whose certificate is in use', 'order', '/confirm-installed', { sent: { seenLive: true } }],
    ['a certificate', 'order', '/certificate', {}],
    ['another chain of a certificate', 'order', '/certificate/1', {}],
    ['an authorization', 'authorization', '', {}],
    ['an authorization to give up', 'authorization', '', { sent: { status: 'deactivated' } }],
    ['an authorization that is pending', 'pending', '', {}],
    ['a challenge', 'challenge', '', {}],
    ['a challenge to answer', 'challenge', '', { sent: {} }],
    ['an account', 'account', '', { status: 403 }],
    ['an account to end', 'account', '', { sent: { status: 'deactivated' }, status: 403 }],
    ['a list of orders', 'account', '/orders', { status: 403 }],
  ])('%s is as unknown as what does not exist, by the same statements', async (_name, kind, more, about) => {
    const { sent, status = 404 } = about
    const payload = sent === 'csr' ? { csr: await csrFor(['mine.example.ac.jp']) } : sent
    const foreign = `${paths[kind] ?? ''}${more}`
    expect(foreign).toMatch(/[0-9a-f-]{36}/)
    const before = await traceOf(gateway)
    const unknown = await look(asUnknown(foreign), payload)
    expect(await look(foreign, payload)).toEqual(unknown)
    expect(unknown.reply.status).toBe(status)
    expect(unknown.statements.length).toBeGreaterThan(0)
    expect(await traceOf(gateway)).toEqual(before)
  })

  it('does not wait for the owner, who has the order locked', async () => {
    const id = paths.order?.split('/').at(-1) ?? ''
    const statements = await look(`order/${id}/confirm-installed`, { seenLive: true })
    const locking = statements.statements.filter((text) => text.includes('for update'))
    expect(locking).toHaveLength(1)
    // Only a row of the account's own.
    expect(locking[0]).toMatch(/"account_id" = \$/)
  })

  it('a certificate that an order would replace is ignored like one that does not exist', async () => {
    const [key = '', serial = ''] = issued.id.split('.')
    const unknown = `${key}.${Buffer.from(serial, 'base64url').fill(1).toString('base64url')}`
    const order = async (name: string, replaces: string) => {
      const { status } = await stranger.order([name], { replaces })
      return { status, statements: watched.last() }
    }
    expect(await order('mine.example.ac.jp', issued.id)).toEqual(await order('other1.example.ac.jp', unknown))
  })
})
