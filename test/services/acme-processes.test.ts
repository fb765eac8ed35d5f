/** Two gateway processes answer ACME as one: rate limits, of new orders too, with Redis and without it, and nonces. */
import { generateKeyPairSync, sign } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { AcmeClient, outcomeOf } from '../../packages/server/src/testing/acme-client.js'
import { orderLimits, testOrderLimits } from '../../packages/server/src/testing/order-limits.js'
import { Link } from '../faults/support/link.js'
import { hasServices, servicesFor } from '../support/services.js'
import { kill, makeDirectory, removeDirectory, startMore, until } from '../support/system.js'

if (!hasServices) throw new Error('Run these tests with: npm run test:services')

const LIMIT = 20
const configuration = {
  organisations: [
    {
      ...{ id: 'example', organizationName: 'Example University', domains: ['example.ac.jp'] },
      ...{ locality: 'Chiyoda-ku', stateOrProvince: 'Tokyo', issuanceSystem: 'hands' },
    },
  ],
  issuanceSystems: [{ id: 'hands', adapter: 'handoff', chainFiles: ['chain.pem'] }],
  // The tests are the proxy: they say which address asks.
  http: { trustedProxies: ['127.0.0.1'] },
  acme: {
    rateLimits: {
      ...{ requestsPerMinute: LIMIT, newAccountsPerHour: 2, ...orderLimits },
      // What the tests send for themselves does not count by address.
      exempt: ['127.0.0.0/8'],
    },
  },
}

const directory = makeDirectory()
let link: Link
let env: Record<string, string>
let gateways: Awaited<ReturnType<typeof startMore>>[] = []

beforeAll(async () => {
  const redis = new URL((await servicesFor(directory)).UPKI_REDIS_URL ?? '')
  const port = Number(redis.port)
  link = await Link.open('redis', () => port)
  redis.port = String(link.port)
  const config = join(directory, 'config.yaml')
  writeFileSync(config, JSON.stringify(configuration))
  env = { UPKI_CONFIG: config, UPKI_REDIS_URL: redis.href }
  gateways = await Promise.all([startMore(directory, 'api', env), startMore(directory, 'api', env)])
  // A process that has no connection to Redis yet counts by itself too.
  await until(countTogether, (isSo) => isSo, 30)
})
afterEach(() => link.heal())
afterAll(async () => {
  await Promise.all(gateways.map(({ child }) => kill(child)))
  await link.close()
  removeDirectory(directory)
})

let addresses = 0
const freshAddress = () => `192.0.2.${++addresses}`

const ask = (gateway: number, address: string, path = 'directory', method = 'GET') =>
  gateways[gateway]!.call(`/acme/${path}`, { method, headers: { 'x-forwarded-for': address } })

/** How many of `times` requests at once are let through. */
async function letThrough(gateway: number, address: string, times: number): Promise<number> {
  const replies = await Promise.all(Array.from({ length: times }, () => ask(gateway, address)))
  return replies.filter(({ status }) => status === 200).length
}

const places = () => gateways.map(({ url }) => ({ url, directory }))

const countTogether = async (): Promise<boolean> => {
  const address = freshAddress()
  await letThrough(0, address, LIMIT)
  return (await letThrough(1, address, 1)) === 0
}

describe('two gateway processes on one Redis', () => {
  it('count the requests of an address together, and say how long to wait', async () => {
    const address = freshAddress()
    expect([await letThrough(0, address, LIMIT / 2), await letThrough(1, address, LIMIT / 2)]).toEqual([
      LIMIT / 2,
      LIMIT / 2,
    ])
    for (const gateway of [0, 1]) {
      const reply = await ask(gateway, address)
      expect(await reply.json()).toMatchObject({ type: 'urn:ietf:params:acme:error:rateLimited' })
      expect(reply.status).toBe(429)
      const wait = Number(reply.headers.get('retry-after'))
      expect(wait).toBeGreaterThan(0)
      expect(wait).toBeLessThanOrEqual(60)
    }
    expect(await letThrough(1, freshAddress(), 1)).toBe(1)
  })

  it('let through exactly as many as there may be when all come at once', async () => {
    const address = freshAddress()
    const shares = await Promise.all([letThrough(0, address, LIMIT), letThrough(1, address, LIMIT)])
    expect(shares[0] + shares[1]).toBe(LIMIT)
  })

  it('count new accounts together', async () => {
    const address = freshAddress()
    const register = async (gateway: number) => (await ask(gateway, address, 'new-account', 'POST')).status
    // Unsigned: refused, and counted.
    expect([await register(0), await register(1)]).toEqual([415, 415])
    expect([await register(0), await register(1)]).toEqual([429, 429])
  })
})

describe('new orders that two processes count on one Redis', () => {
  testOrderLimits({ gateways: places, prefix: 'redis' })

  it('cost one key for each account and organisation, which ends by itself within an hour', async () => {
    const redis = new Redis((await servicesFor(directory)).UPKI_REDIS_URL ?? '')
    const keys = (await redis.keys('upki-*Order:*')).sort()
    const lives = await Promise.all(keys.map((key) => redis.pttl(key)))
    redis.disconnect()
    const kinds = keys.map((key) => key.split(':')[0])
    expect(kinds.filter((kind) => kind === 'upki-organisationOrder')).toHaveLength(1)
    // Of the tests above: two with orders, four that the organisation had no room for, or hardly.
    expect(kinds.filter((kind) => kind === 'upki-accountOrder')).toHaveLength(6)
    for (const life of lives) expect(life > 0 && life <= 3_600_000).toBe(true)
  })
})

describe('new orders that two processes without Redis count in one PostgreSQL', () => {
  const apart = makeDirectory()
  let without: typeof gateways = []
  beforeAll(async () => {
    // Makes the database, which two would make at once.
    await servicesFor(apart)
    const own = { ...env, UPKI_REDIS_URL: '' }
    without = await Promise.all([startMore(apart, 'api', own), startMore(apart, 'api', own)])
  })
  afterAll(async () => {
    await Promise.all(without.map(({ child }) => kill(child)))
    removeDirectory(apart)
  })
  testOrderLimits({ gateways: () => without.map(({ url }) => ({ url, directory: apart })), prefix: 'store' })
})

describe.each(['cut', 'stall'] as const)('a Redis that is away (%s)', (trouble) => {
  it('leaves new orders to the store, which knows those that were counted on Redis', async () => {
    link.disturb(trouble)
    for (const place of places()) {
      const client = await AcmeClient.registered(place)
      const reply = await client.order([`away${trouble}.example.ac.jp`])
      await client.close()
      expect(outcomeOf(reply)).toBe('429 rateLimited')
      expect(reply.body.detail).toContain('this organisation')
      expect(Number(reply.headers.get('retry-after'))).toBeGreaterThan(3000)
    }
  })

  it('leaves each process to count by itself: nobody is refused for it, or let through without end', async () => {
    link.disturb(trouble)
    const address = freshAddress()
    for (const gateway of [0, 1]) expect(await letThrough(gateway, address, LIMIT + 5)).toBe(LIMIT)
    const reply = await ask(0, address)
    expect(reply.status).toBe(429)
    expect(Number(reply.headers.get('retry-after'))).toBeGreaterThan(0)
  })

  it('is counted on again by both when it is back', async () => {
    await until(countTogether, (isSo) => isSo, 30)
  })
})

describe('nonces of two gateway processes', () => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const nonceOf = async (gateway: number) =>
    (await ask(gateway, freshAddress(), 'new-nonce')).headers.get('replay-nonce')

  /** Asks for the account of a key that has none: refused, which uses up the nonce all the same. */
  async function use(nonce: string | null, gateway: number): Promise<string | undefined> {
    const { url, call } = gateways[gateway]!
    const jwk = publicKey.export({ format: 'jwk' })
    const header = encode({ alg: 'ES256', nonce, url: `${url}/acme/new-account`, jwk })
    const payload = encode({ onlyReturnExisting: true })
    const key = { key: privateKey, dsaEncoding: 'ieee-p1363' } as const
    const signature = sign('sha256', Buffer.from(`${header}.${payload}`), key).toString('base64url')
    const reply = await call('/acme/new-account', {
      method: 'POST',
      headers: { 'content-type': 'application/jose+json', 'x-forwarded-for': freshAddress() },
      body: JSON.stringify({ protected: header, payload, signature }),
    })
    return ((await reply.json()) as { type: string }).type.split(':').at(-1)
  }

  it('N4 are taken by the other one, once; not again by either, nor when Redis forgot everything', async () => {
    const nonce = await nonceOf(0)
    expect(await use(nonce, 1)).toBe('accountDoesNotExist')
    expect([await use(nonce, 0), await use(nonce, 1)]).toEqual(['badNonce', 'badNonce'])
    const redis = new Redis((await servicesFor(directory)).UPKI_REDIS_URL ?? '')
    await redis.flushdb()
    redis.disconnect()
    expect([await use(nonce, 0), await use(nonce, 1)]).toEqual(['badNonce', 'badNonce'])
  })

  it('N4 are taken by the process that comes after, unless they were used before', async () => {
    const [used, unused] = [await nonceOf(0), await nonceOf(0)]
    expect(await use(used, 0)).toBe('accountDoesNotExist')
    await kill(gateways[0]!.child)
    gateways[0] = await startMore(directory, 'api', env)
    expect(await use(used, 0)).toBe('badNonce')
    expect([await use(unused, 0), await use(unused, 0)]).toEqual(['accountDoesNotExist', 'badNonce'])
  })
})
