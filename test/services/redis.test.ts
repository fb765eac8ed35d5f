/** What only real servers can show: Redis forgets, or is set up to forget. */
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ensurePrograms, startRedis } from '../../scripts/debian.mjs'
import { apply, csrFor, end, look } from '../support/applications.js'
import { hasServices, servicesFor } from '../support/services.js'
import { makeDirectory, removeDirectory, startIn, type TestSystem, until } from '../support/system.js'

if (!hasServices) throw new Error('Run these tests with: npm run test:services')

const programs = ensurePrograms({ 'redis-server': 'redis-server', 'redis-cli': 'redis-tools' })
const directory = makeDirectory()
let system: TestSystem
let redis: Redis

beforeAll(async () => {
  system = await startIn(directory, {}, { sweepSeconds: 5 })
  const { UPKI_REDIS_URL: url } = await servicesFor(directory)
  redis = new Redis(url!)
})
afterAll(async () => {
  redis.disconnect()
  await system.stop()
  removeDirectory(directory)
})

describe('Redis', () => {
  it('that is flushed loses no application', { timeout: 180_000 }, async () => {
    await system.turnKnobs({ uploadDelayMs: 1500 })
    const [application] = await apply(system, { csr: await csrFor('flush.example.ac.jp') })
    await redis.flushdb()
    expect((await end(system, application!.id, 150)).state).toBe('issued')
  })

  it(
    'that is flushed while nothing but a retry is due loses no application',
    { timeout: 180_000 },
    async () => {
      await system.turnKnobs({ maintenance: true, uploadDelayMs: 0 })
      const [application] = await apply(system, { csr: await csrFor('sweep.example.ac.jp') })
      await until(
        () => look(system, application!.id),
        ({ state }) => state === 'batched',
      )
      // Its next try stands in the queue; again and again, so that no job under way puts another one there.
      for (let times = 0; times < 20; times++) {
        await redis.flushdb()
        await new Promise((resolve) => setTimeout(resolve, 100))
      }
      await system.turnKnobs({ maintenance: false })
      expect((await end(system, application!.id, 150)).state).toBe('issued')
    },
  )

  // A server of its own: gateways of other files start meanwhile.
  it.each(['allkeys-lru', 'volatile-ttl'])('with the policy %s is refused at start', async (policy) => {
    const other = makeDirectory()
    const server = await startRedis(programs, join(other, 'redis'), ['--maxmemory-policy', policy])
    try {
      const starting = startIn(other, { UPKI_REDIS_URL: server.url })
      await expect(starting).rejects.toThrow(/gateway ended before it was ready/)
    } finally {
      await server.stop()
      removeDirectory(other)
    }
  })
})
