/** /v1/webhooks, with a receiver that is called over TLS. */
import { createHmac } from 'node:crypto'
import { makeCsr, sampleSubjectFor } from '@upki-gateway/shared/testing'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { watch } from '../notify/watch.js'
import { scopes } from '../policy/scopes.js'
import { byHand } from '../testing/by-hand.js'
import { startTestGateway, type TestGateway } from '../testing/gateway.js'
import { startReceiver, type WebhookReceiver } from '../testing/webhook-receiver.js'

let receiver: WebhookReceiver
let gateway: TestGateway
let token: string

beforeAll(async () => {
  receiver = await startReceiver()
  const webhooks = { allowedNetworks: ['127.0.0.0/8'], caFile: receiver.caFile, timeoutSeconds: 20 }
  gateway = await startTestGateway({
    change: (config) => byHand({ ...config, webhooks: { ...config.webhooks, ...webhooks } }),
  })
  token = await gateway.token(scopes)
})
afterAll(async () => {
  await gateway.close()
  await receiver.close()
})
afterEach(async () => {
  receiver.answer = () => 204
  await gateway.env.db.deleteFrom('webhooks').execute()
  receiver.received.length = 0
})

type Body = Record<string, unknown>

async function call(method: 'get' | 'post' | 'patch' | 'delete', path: string, body?: object, by = token) {
  const request = gateway.http[method](`/v1/${path}`).set('authorization', `Bearer ${by}`)
  const reply = await (body ? request.send(body) : request)
  return { status: reply.status, body: reply.body as Body }
}

interface Made {
  webhook: { id: string; types: string[] }
  secret: string
}

const applicationTypes = ['application.received', 'application.needs-approval']

async function make(more: object = {}): Promise<Made> {
  const { status, body } = await call('post', 'webhooks', { url: receiver.url, ...more })
  expect(status).toBe(201)
  return body as unknown as Made
}

async function apply(name: string): Promise<string> {
  const subject = sampleSubjectFor(name)
  const answer = await call(
    'post',
    'applications',
    {
      csr: await makeCsr({ key: 'p384', subject }),
      subscriberEmail: 'hanako@example.ac.jp',
      software: 'nginx 1.26',
    },
    await gateway.token(['applications:write']),
  )
  expect(answer.status).toBe(201)
  return (answer.body as { applications: { id: string }[] }).applications[0]!.id
}

const wait = { timeout: 60_000, interval: 50 }
const told = () => receiver.received.map(({ event: { type, application } }) => `${type} ${application ?? ''}`)

const until = (count: number) => vi.waitFor(() => expect(told()).toHaveLength(count), wait)

/** What would be tried later is tried now; what is under way, with its lease, is left. */
const hurry = () =>
  gateway.env.db.transaction().execute(async (trx) => {
    await trx.updateTable('webhooks').set({ paused_until: null }).execute()
    await trx
      .updateTable('webhook_deliveries')
      .set({ due_at: new Date(0) })
      .where('due_at', '<', new Date(Date.now() + 60_000))
      .execute()
  })

interface Delivery {
  event: string
  state: string
  attempts: number
  lastStatus: number | null
  lastError: string | null
}
const log = async ({ webhook }: Made) =>
  (await call('get', `webhooks/${webhook.id}/deliveries`)).body.deliveries as Delivery[]
const look = async ({ webhook }: Made) => (await call('get', `webhooks/${webhook.id}`)).body

describe('a webhook', () => {
  it('is made, shown without its secret, changed and deleted', async () => {
    const { webhook, secret } = await make({ types: applicationTypes })
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
    const shown = await call('get', `webhooks/${webhook.id}`)
    expect(shown.body).toEqual(webhook)
    expect(JSON.stringify(shown.body)).not.toContain(secret)
    const row = await gateway.env.db.selectFrom('webhooks').selectAll().executeTakeFirstOrThrow()
    expect(row.secret.toString('latin1')).not.toContain(secret.slice(6))
    const changed = await call('patch', `webhooks/${webhook.id}`, { types: ['certificate.issued'] })
    expect(changed.body).toMatchObject({ types: ['certificate.issued'] })
    expect((await call('get', 'webhooks')).body.webhooks).toHaveLength(1)
    expect((await call('delete', `webhooks/${webhook.id}`)).status).toBe(204)
    expect((await call('get', `webhooks/${webhook.id}`)).status).toBe(404)
  })

  it.each([
    { name: 'http', url: 'http://www.example.jp/', status: 400 },
    { name: 'a password', url: 'https://a:b@www.example.jp/', status: 422 },
    { name: 'a private address', url: 'https://10.0.0.1/', status: 422 },
    { name: 'an address of the cloud', url: 'https://169.254.169.254/', status: 422 },
    { name: 'no host', url: 'https://', status: 400 },
  ])('with $name in its URL is refused', async ({ url, status }) => {
    expect((await call('post', 'webhooks', { url })).status).toBe(status)
  })

  it("is another organisation's as little as one that does not exist, and wants scopes", async () => {
    const { webhook } = await make()
    const stranger = await gateway.token(scopes, { organisation: 'other' })
    expect((await call('get', `webhooks/${webhook.id}`, undefined, stranger)).status).toBe(404)
    expect((await call('post', `webhooks/${webhook.id}/replay`, { from: '0' }, stranger)).status).toBe(404)
    const reader = await gateway.token(['webhooks:read'])
    expect((await call('delete', `webhooks/${webhook.id}`, undefined, reader)).status).toBe(403)
  })
})

describe('a receiver', () => {
  it('is told each event once, in order, signed so that it can verify it', async () => {
    const { secret } = await make({ types: applicationTypes })
    const id = await apply('signed.example.ac.jp')
    await until(2)
    expect(told()).toEqual([`application.received ${id}`, `application.needs-approval ${id}`])
    const [{ headers, body, event }] = receiver.received as [(typeof receiver.received)[0]]
    const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`
    const key = Buffer.from(secret.replace('whsec_', ''), 'base64')
    const expected = createHmac('sha256', key).update(signed).digest('base64')
    expect(headers['webhook-signature']).toBe(`v1,${expected}`)
    expect(headers['webhook-id']).toBe(event.id)
    expect(Math.abs(Number(headers['webhook-timestamp']) * 1000 - Date.now())).toBeLessThan(120_000)
  })

  const signatureBy = (secret: string, { headers, body }: (typeof receiver.received)[0]): string => {
    const key = Buffer.from(secret.replace('whsec_', ''), 'base64')
    const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`
    return `v1,${createHmac('sha256', key).update(signed).digest('base64')}`
  }
  const changeSecret = async ({ webhook }: Made, terms: object): Promise<string> => {
    const { status, body } = await call('post', `webhooks/${webhook.id}/secret`, terms)
    expect(status).toBe(200)
    return body.secret as string
  }
  const nextSigned = async (name: string): Promise<(typeof receiver.received)[0]> => {
    receiver.received.length = 0
    await apply(name)
    await until(1)
    return receiver.received[0]!
  }

  it('that changes over to another secret can verify by either, until the grace time is over', async () => {
    const made = await make({ types: ['application.received'] })
    const second = await changeSecret(made, {})
    expect(second).not.toBe(made.secret)
    const both = await nextSigned('both.example.ac.jp')
    expect(both.headers['webhook-signature']).toBe(
      `${signatureBy(second, both)} ${signatureBy(made.secret, both)}`,
    )
    const { oldSecretUntil } = await look(made)
    expect(new Date(oldSecretUntil as string).getTime() - Date.now()).toBeGreaterThan(23 * 3_600_000)
    await gateway.env.db.updateTable('webhooks').set({ old_secret_until: new Date() }).execute()
    const one = await nextSigned('one.example.ac.jp')
    expect(one.headers['webhook-signature']).toBe(signatureBy(second, one))
  })

  it.each([
    { when: 'is not over', secondsLeft: 60, isKept: true },
    { when: 'is over', secondsLeft: 0, isKept: false },
  ])('keeps the old secret while its grace time $when: $isKept', async ({ secondsLeft, isKept }) => {
    const { webhook } = await make()
    await changeSecret({ webhook } as Made, { graceHours: 1 })
    const row = gateway.env.db.selectFrom('webhooks').select('old_secret_until').where('id', '=', webhook.id)
    const { old_secret_until: until } = await row.executeTakeFirstOrThrow()
    await watch(gateway.env, new Date((until as Date).getTime() - secondsLeft * 1000))
    const after = await row.select('old_secret').executeTakeFirstOrThrow()
    expect([after.old_secret !== null, after.old_secret_until !== null]).toEqual([isKept, isKept])
    expect((await look({ webhook } as Made)).oldSecretUntil !== null).toBe(isKept)
  })

  it('whose secret others know is signed for with the new one alone, and of three with the last two', async () => {
    const made = await make({ types: ['application.received'] })
    const second = await changeSecret(made, { graceHours: 1 })
    const third = await changeSecret(made, { graceHours: 1 })
    const two = await nextSigned('two.example.ac.jp')
    expect(two.headers['webhook-signature']).toBe(`${signatureBy(third, two)} ${signatureBy(second, two)}`)
    const last = await changeSecret(made, { graceHours: 0 })
    expect((await look(made)).oldSecretUntil).toBeNull()
    const one = await nextSigned('alone.example.ac.jp')
    expect(one.headers['webhook-signature']).toBe(signatureBy(last, one))
    const record = await gateway.env.db
      .selectFrom('audit_log')
      .select('detail')
      .where('action', '=', 'webhook.secret')
      .where('subject', '=', made.webhook.id)
      .orderBy('seq')
      .execute()
    expect(record.map(({ detail }) => detail)).toEqual([
      { graceHours: 1 },
      { graceHours: 1 },
      { graceHours: 0 },
    ])
  })

  it.each([{ graceHours: -1 }, { graceHours: 169 }, { graceHours: 1.5 }, { secret: 'mine' }])(
    'is not given another secret by %j',
    async (terms) => {
      const { webhook } = await make()
      expect((await call('post', `webhooks/${webhook.id}/secret`, terms)).status).toBe(400)
    },
  )

  it('that fails for one application is told of others, and of that one in its order', async () => {
    const made = await make({ types: applicationTypes })
    const bad = await apply('bad.example.ac.jp')
    receiver.answer = ({ application }) => (application === bad ? 500 : 204)
    const good = await apply('good.example.ac.jp')
    await vi.waitFor(() => expect(told()).toContain(`application.needs-approval ${good}`), wait)
    expect(told()).not.toContain(`application.needs-approval ${bad}`)
    await vi.waitFor(
      async () => expect((await log(made)).map(({ lastStatus }) => lastStatus)).toContain(500),
      wait,
    )
    receiver.answer = () => 204
    receiver.received.length = 0
    await hurry()
    await until(2)
    expect(told()).toEqual([`application.received ${bad}`, `application.needs-approval ${bad}`])
    await vi.waitFor(
      async () => expect((await log(made)).map(({ state }) => state)).toEqual(Array(4).fill('delivered')),
      wait,
    )
  })

  it('is told again from an event on, with the same ids', async () => {
    const made = await make({ types: applicationTypes })
    await apply('again.example.ac.jp')
    await until(2)
    const [first] = receiver.received
    await vi.waitFor(
      async () => expect((await log(made)).every(({ state }) => state === 'delivered')).toBe(true),
      wait,
    )
    const { body } = await call('post', `webhooks/${made.webhook.id}/replay`, { from: first!.event.id })
    expect(body).toEqual({ events: 2 })
    await until(4)
    const ids = receiver.received.map(({ headers }) => headers['webhook-id'])
    expect(ids.slice(2)).toEqual(ids.slice(0, 2))
  })

  it('that has given an event up for days is told of the next', async () => {
    const made = await make({ types: applicationTypes })
    receiver.answer = ({ type }) => (type === 'application.received' ? 400 : 204)
    await apply('late.example.ac.jp')
    await until(1)
    await vi.waitFor(async () => expect((await log(made)).at(-1)?.lastStatus).toBe(400), wait)
    await gateway.env.db
      .updateTable('webhook_deliveries')
      .set({ since: new Date(Date.now() - 73 * 3_600_000) })
      .execute()
    await hurry()
    await vi.waitFor(
      async () => expect((await log(made)).map(({ state }) => state)).toEqual(['delivered', 'failed']),
      wait,
    )
  })

  it('that is gone is not asked again, and its team is told', async () => {
    const made = await make({ types: ['application.received'] })
    const before = await gateway.env.db.selectFrom('events').select('seq').execute()
    receiver.answer = () => 410
    await apply('gone.example.ac.jp')
    await vi.waitFor(async () => expect((await look(made)).disabledBecause).toBe('gone'), wait)
    const after = await gateway.env.db.selectFrom('events').selectAll().orderBy('seq').execute()
    expect(after.length).toBeGreaterThan(before.length)
    expect(after.at(-1)).toMatchObject({ type: 'webhook.disabled', data: { webhook: made.webhook.id } })
  })

  it('that fails for days is disabled; enabled again, it is told what waits', async () => {
    const made = await make({ types: ['application.received'] })
    receiver.answer = () => 503
    await apply('failing.example.ac.jp')
    await vi.waitFor(async () => expect((await look(made)).failures).toBeGreaterThan(0), wait)
    await gateway.env.db
      .updateTable('webhooks')
      .set({ failing_since: new Date(Date.now() - 121 * 3_600_000) })
      .execute()
    await hurry()
    await vi.waitFor(async () => expect((await look(made)).disabledBecause).toBe('failing'), wait)
    receiver.answer = () => 204
    receiver.received.length = 0
    const enabled = await call('patch', `webhooks/${made.webhook.id}`, { enabled: true })
    expect(enabled.body).toMatchObject({ disabledAt: null, failures: 0 })
    await until(1)
  })

  describe('that takes the place of one that failed for days', () => {
    /** Two paths of one program: where webhooks went before, and where they go now. */
    async function failFor(hours: number): Promise<Made> {
      const made = await make({ types: ['application.received'] })
      receiver.answer = () => 503
      await apply('moved.example.ac.jp')
      await vi.waitFor(async () => expect((await look(made)).failures).toBeGreaterThan(0), wait)
      const paused_until = new Date(Date.now() + 3_600_000)
      const failing_since = new Date(Date.now() - hours * 3_600_000)
      await gateway.env.db
        .updateTable('webhooks')
        .set({ failing_since, paused_until, failures: 50 })
        .execute()
      return made
    }

    it('is told at once what waits, and begins anew', async () => {
      const made = await failFor(119)
      receiver.answer = () => 204
      receiver.received.length = 0
      const moved = await call('patch', `webhooks/${made.webhook.id}`, { url: `${receiver.url}/new` })
      expect(moved.body).toMatchObject({ failures: 0, failingSince: null, pausedUntil: null })
      await until(1)
    })

    it('goes on failing when something else of it is changed', async () => {
      const made = await failFor(119)
      const same = await call('patch', `webhooks/${made.webhook.id}`, { url: receiver.url, description: 'x' })
      expect(same.body).toMatchObject({ failures: 50, failingSince: expect.any(String) })
    })

    it.each([503, 410])(
      'is not disabled for an answer %i of the one before, which comes late',
      async (status) => {
        const made = await failFor(121)
        let answer: (() => void) | undefined
        receiver.answer = () => 0
        receiver.onHeld = (reply) => (answer = () => reply(status))
        receiver.received.length = 0
        await hurry()
        await until(1)
        receiver.answer = () => 204
        await call('patch', `webhooks/${made.webhook.id}`, { url: `${receiver.url}/new` })
        answer?.()
        await vi.waitFor(async () => expect((await log(made)).at(0)?.lastStatus).toBe(status), wait)
        await hurry()
        await vi.waitFor(
          async () => expect((await log(made)).map(({ state }) => state)).toEqual(['delivered']),
          wait,
        )
        expect(await look(made)).toMatchObject({ disabledAt: null })
      },
    )
  })
})
