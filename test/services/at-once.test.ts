/** What only a database with many connections can show: transactions that run at once, of one gateway or of several. */
import { createHash } from 'node:crypto'

import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { thumbprintOf } from '../../packages/server/src/acme/jws/account-key.js'
import { AcmeClient, urlOf } from '../../packages/server/src/testing/acme-client.js'
import { type DnsServer, startDnsServer } from '../../packages/server/src/testing/dns-server.js'
import {
  sendingNothing,
  startTestGateway,
  type TestGateway,
} from '../../packages/server/src/testing/gateway.js'
import { newId } from '../../packages/server/src/issuance/new-id.js'
import { readyOrders, settle, wantAuthorizations } from '../../packages/server/src/store/acme-challenges.js'
import { insertOrder } from '../../packages/server/src/store/acme-orders.js'
import { hasServices, servicesFor } from '../support/services.js'
import { makeDirectory, removeDirectory, until } from '../support/system.js'

if (!hasServices) throw new Error('Run these tests with: npm run test:services')

const directory = makeDirectory()
let dns: DnsServer
let gateway: TestGateway
let client: AcmeClient

beforeAll(async () => {
  dns = await startDnsServer()
  const validation = { resolvers: [dns.address], allowedNetworks: [], httpPort: 80, tlsPort: 443 }
  gateway = await startTestGateway({
    env: await servicesFor(directory),
    change: (config) => ({
      ...sendingNothing(config),
      organisations: config.organisations.map((each) => ({ ...each, authorization: 'challenge' })),
      acme: { ...config.acme, validation },
    }),
  })
  client = await AcmeClient.registered(gateway)
})
afterAll(async () => {
  await client.close()
  await gateway.close()
  await dns.close()
  removeDirectory(directory)
})

interface Challenge {
  type: string
  url: string
  token: string
}

/** The dns-01 challenge of an authorization, with its record in the DNS. */
async function prepare(authorization: string): Promise<string> {
  const { identifier, challenges } = (await client.post(authorization)).body as {
    identifier: { value: string }
    challenges: Challenge[]
  }
  const { url, token } = challenges.find(({ type }) => type === 'dns-01')!
  const proof = `${token}.${await thumbprintOf(client.signer.jwk)}`
  const digest = createHash('sha256').update(proof).digest('base64url')
  dns.records.set(`TXT _acme-challenge.${identifier.value}`, [digest])
  return url
}

const statusOf = async (url: string) => (await client.post(url)).body.status

/** How many statements wait for another transaction. */
async function countWaiting(): Promise<number> {
  const { UPKI_DATABASE_URL: connectionString } = await servicesFor(directory)
  const database = new pg.Client({ connectionString })
  await database.connect()
  const { rowCount } = await database.query('select from pg_locks where not granted')
  await database.end()
  return rowCount ?? 0
}

describe('authorizations that are shown at once', () => {
  it('leave no order pending when the last of them is valid', async () => {
    for (const round of [1, 2, 3]) {
      const names = Array.from({ length: 8 }, (_, place) => `shown${round}-${place}.example.ac.jp`)
      const order = await client.order(names)
      const authorizations = order.body.authorizations as string[]
      const challenges = await Promise.all(authorizations.map(prepare))
      await Promise.all(challenges.map((url) => client.post(url, {})))
      const shown = () => Promise.all(authorizations.map(statusOf))
      await until(shown, (states) => states.every((state) => state === 'valid'), 30)
      expect(await statusOf(urlOf(order))).toBe('ready')
    }
  })

  it('make an order ready that is being made meanwhile', async () => {
    const { db } = gateway.env
    const [name, accountId, now] = ['made.example.ac.jp', client.kid!.split('/').at(-1)!, new Date()]
    const expiresAt = new Date(now.getTime() + 86_400_000)
    const first = await client.order([name])
    const url = await prepare((first.body.authorizations as string[])[0]!)
    const challenge = await db
      .updateTable('acme_challenges')
      .set({ status: 'processing', due_at: null })
      .where('id', '=', url.split('/').at(-1)!)
      .returningAll()
      .executeTakeFirstOrThrow()
    const settleNow = () =>
      db.transaction().execute(async (trx) => {
        await settle(trx, challenge, { now, validUntil: expiresAt })
        await readyOrders(trx, accountId, challenge.authorization_id)
      })
    const { id, settling } = await db.transaction().execute(async (trx) => {
      const wanted = { accountId, names: [name], now, expiresAt, makeToken: () => 'none' }
      const ids = (await wantAuthorizations(trx, wanted)).map((each) => each.id)
      const settled = settleNow()
      let isSettled = false
      void settled.then(() => (isSettled = true))
      await until(countWaiting, (count) => count > 0 || isSettled)
      const order = {
        ...{ id: newId(), account_id: accountId, organisation: 'example', names: [name], profile: 'p384' },
        ...{ request_key: `p384 ${name}`, software: 'nginx', created_at: now },
      }
      const entry = { at: now, actor: `account:${accountId}`, action: 'order.create', subject: order.id }
      await insertOrder(trx, order, { ids, stage: 'pending', expiresAt }, entry)
      return { id: order.id, settling: settled }
    })
    await settling
    expect(await Promise.all([urlOf(first), client.url(`order/${id}`)].map(statusOf))).toEqual([
      'ready',
      'ready',
    ])
  })
})
