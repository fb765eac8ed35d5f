/** Accounts without an EAB credential, and orders that wait for an operator each time. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AcmeClient, type AcmeReply, outcomeOf, sampleEab, urlOf } from '../testing/acme-client.js'
import { makeEab } from '../testing/eab.js'
import { sendingNothing, startTestGateway, type TestGateway } from '../testing/gateway.js'
import { csrFor, issueFor } from '../testing/issue.js'

let gateway: TestGateway

beforeAll(async () => {
  gateway = await startTestGateway({
    change: (config) => {
      const [example] = config.organisations
      if (!example) throw new Error('no organisation')
      return {
        ...sendingNothing(config),
        organisations: [
          { ...example, accountsWithoutEab: true },
          // Applications outside approvals are queued here, but not those of unknown accounts.
          { ...example, id: 'easy', domains: ['easy.ac.jp'], approval: 'auto', accountsWithoutEab: true },
          { ...example, id: 'strict', domains: ['strict.ac.jp'], orderApproval: 'manual' },
        ],
      }
    },
  })
})
const clients: AcmeClient[] = []
afterAll(async () => {
  await Promise.all(clients.map((client) => client.close()))
  await gateway.close()
})

let count = 0
const freshName = (domain = 'example.ac.jp') => `applicant${++count}.${domain}`
const contact = ['mailto:hanako@example.ac.jp']

async function applicant(): Promise<AcmeClient> {
  const client = await AcmeClient.open(gateway)
  clients.push(client)
  client.kid = urlOf(await client.post(client.url('new-account'), { contact }))
  return client
}

async function apply(client: AcmeClient, names: string[]): Promise<{ order: AcmeReply; reply: AcmeReply }> {
  const order = await client.order(names)
  return { order, reply: await client.post(String(order.body.finalize), { csr: await csrFor(names) }) }
}

/** As an operator does. */
const rest = async (method: 'get' | 'post', path: string, body = {}, organisation = 'example') => {
  const token = await gateway.token(['applications:read', 'applications:approve'], { organisation })
  const sent = gateway.http[method](path).set('Authorization', `Bearer ${token}`)
  return method === 'get' ? sent : sent.send(body)
}

const waitingFor = async (order: AcmeReply) =>
  gateway.env.db
    .selectFrom('acme_orders')
    .innerJoin('applications', 'applications.id', 'acme_orders.application_id')
    .selectAll('applications')
    .where('acme_orders.id', '=', urlOf(order).split('/').at(-1) ?? '')
    .executeTakeFirstOrThrow()

const stateOf = async (client: AcmeClient, order: AcmeReply) =>
  ((await client.post(urlOf(order))).body.upki as { state?: string }).state

describe('an account without an EAB credential', () => {
  it('is announced in the directory', async () => {
    const { body } = await (await applicant()).request('GET', `${gateway.url}/acme/directory`)
    expect(body.meta).toMatchObject({ externalAccountRequired: false })
  })

  it('needs a contact', async () => {
    const client = await AcmeClient.open(gateway)
    clients.push(client)
    expect(outcomeOf(await client.post(client.url('new-account'), {}))).toBe('400 invalidContact')
  })

  it('orders, finalizes, and waits for an operator, who sees who asks for what', async () => {
    const client = await applicant()
    const names = [freshName()]
    const { order, reply } = await apply(client, names)
    expect([order.body.status, reply.body.status]).toEqual(['ready', 'processing'])
    expect(reply.headers.get('retry-after')).toBe('1')
    const { id, state } = await waitingFor(order)
    expect(state).toBe('awaiting-approval')
    const { status, body } = await rest('get', `/v1/applications/${id}/requester`)
    expect(status).toBe(200)
    expect(body).toMatchObject({
      names,
      approvalId: null,
      account: { contact, eabKid: null, status: 'valid', address: '127.0.0.1' },
    })
    const requester = body as { account: { id: string; keyThumbprint: string } }
    expect(client.kid).toBe(client.url(`account/${requester.account.id}`))
    expect(requester.account.keyThumbprint).toMatch(/^[\w-]{43}$/)
    expect((await rest('get', `/v1/applications/${id}/requester`, {}, 'strict')).status).toBe(404)
  })

  it('once approved, orders the same names without anybody being asked, and waits again for others', async () => {
    const client = await applicant()
    const names = [freshName(), freshName()]
    const { order } = await apply(client, names)
    const { id } = await waitingFor(order)
    expect((await rest('post', `/v1/applications/${id}/approve`)).status).toBe(200)
    expect(await stateOf(client, order)).toBe('queued')
    const again = await apply(client, names.slice(0, 1))
    expect(await stateOf(client, again.order)).toBe('queued')
    const wider = await apply(client, [freshName()])
    expect(await stateOf(client, wider.order)).toBe('awaiting-approval')
    await rest('post', `/v1/applications/${(await waitingFor(wider.order)).id}/approve`)
    const approvals = await gateway.env.db
      .selectFrom('approvals')
      .selectAll()
      .where('account_id', '=', client.kid?.split('/').at(-1) ?? '')
      .execute()
    expect(approvals.map((row) => row.names.length)).toEqual([3])
  })

  const approvalOf = (client: AcmeClient) =>
    gateway.env.db
      .selectFrom('approvals')
      .select(['names', 'valid_until'])
      .where('account_id', '=', client.kid?.split('/').at(-1) ?? '')
      .execute()

  it('is approved for the names and as long as the operator says, whose end later orders leave', async () => {
    const client = await applicant()
    const name = freshName()
    const [domain, until] = [`.${name}`, new Date(Date.now() + 86_400_000).toISOString()]
    const approve = async (names: string[], approval: object) => {
      const { order } = await apply(client, names)
      const { id } = await waitingFor(order)
      const { status } = await rest('post', `/v1/applications/${id}/approve`, { approval })
      return { status, id }
    }
    const { id, status } = await approve([name], { names: [freshName()], until })
    expect(status).toBe(422)
    expect(
      (await rest('post', `/v1/applications/${id}/approve`, { approval: { names: [domain], until } })).status,
    ).toBe(200)
    expect(await approvalOf(client)).toEqual([{ names: [domain], valid_until: new Date(until) }])
    const below = await apply(client, [`www.${name}`])
    expect(await stateOf(client, below.order)).toBe('queued')
    expect((await approve([freshName()], { until: null })).status).toBe(409)
    expect((await approve([freshName()], {})).status).toBe(200)
    expect(await approvalOf(client)).toMatchObject([{ valid_until: new Date(until) }])
  })

  it('gets nothing by the approval of another with the same mail address', async () => {
    const name = freshName()
    await makeEab(gateway, { names: [name], subscriber: { email: 'hanako@example.ac.jp' } })
    const { order } = await apply(await applicant(), [name])
    expect((await waitingFor(order)).state).toBe('awaiting-approval')
  })

  it('gives nothing by its approval to an application over REST with the same mail address', async () => {
    const client = await applicant()
    const names = [freshName()]
    const { order } = await apply(client, names)
    await rest('post', `/v1/applications/${(await waitingFor(order)).id}/approve`)
    const token = await gateway.token(['applications:write'])
    const { body } = await gateway.http
      .post('/v1/applications')
      .set('Authorization', `Bearer ${token}`)
      .send({
        csr: Buffer.from(await csrFor(names), 'base64url').toString('base64'),
        subscriberEmail: 'hanako@example.ac.jp',
        software: 'nginx',
      })
    expect(body).toMatchObject({ applications: [{ state: 'awaiting-approval' }] })
  })

  it('waits also where applications outside approvals are queued at once', async () => {
    const { order } = await apply(await applicant(), [freshName('easy.ac.jp')])
    expect(await waitingFor(order)).toMatchObject({ state: 'awaiting-approval', organisation: 'easy' })
  })

  it('stays with the organisation of its first order', async () => {
    const client = await applicant()
    await client.order([freshName('easy.ac.jp')])
    expect(outcomeOf(await client.order([freshName()]))).toBe('400 rejectedIdentifier')
  })

  it('is refused names of organisations that want credentials, and those of nobody', async () => {
    const client = await applicant()
    for (const name of [freshName('strict.ac.jp'), freshName('elsewhere.ac.jp')])
      expect(outcomeOf(await client.order([name]))).toBe('400 rejectedIdentifier')
  })

  it('may not revoke what it only applied for', async () => {
    const owner = await AcmeClient.open(gateway)
    clients.push(owner)
    await owner.register(sampleEab(gateway))
    const name = freshName()
    const { certificate } = await issueFor(gateway, owner, [name])
    const client = await applicant()
    expect((await client.order([name])).body.status).toBe('ready')
    const reply = await client.post(client.url('revoke-cert'), { certificate })
    expect(outcomeOf(reply)).toBe('403 unauthorized')
  })

  it('is told by the order why an operator rejected it, and may apply again', async () => {
    const client = await applicant()
    const names = [freshName()]
    const { order } = await apply(client, names)
    const reason = '部局の承認書がありません。'
    await rest('post', `/v1/applications/${(await waitingFor(order)).id}/reject`, { reason })
    const { body } = await client.post(urlOf(order))
    expect(body.status).toBe('invalid')
    expect((body.error as { detail: string }).detail).toContain(reason)
    expect(urlOf(await client.order(names))).not.toBe(urlOf(order))
  })
})

describe('where orders are approved one by one', () => {
  it('an order inside an approval waits too, each time', async () => {
    const eab = await makeEab(gateway, { organisation: 'strict', names: ['.strict.ac.jp'] })
    const client = await AcmeClient.open(gateway)
    clients.push(client)
    await client.register(eab)
    const { order, reply } = await apply(client, [freshName('strict.ac.jp')])
    expect(reply.body.status).toBe('processing')
    const { id, approval_id: approvalId } = await waitingFor(order)
    expect(approvalId).toBe(eab.approvalId)
    await rest('post', `/v1/applications/${id}/approve`, {}, 'strict')
    expect(await stateOf(client, order)).toBe('queued')
    const next = await apply(client, [freshName('strict.ac.jp')])
    expect(await stateOf(client, next.order)).toBe('awaiting-approval')
  })
})
