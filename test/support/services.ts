/**
 * PostgreSQL and Redis of the services suite: a database and a Redis number of its
 * own for each data directory. Without the suite the gateway runs embedded.
 */
import { Redis } from 'ioredis'
import { nameOf, ownDatabase } from '../../packages/server/src/testing/own-database.js'

const { UPKI_TEST_DATABASE_URL: databaseUrl, UPKI_TEST_REDIS_URL: redisUrl } = process.env

export const hasServices = databaseUrl !== undefined && redisUrl !== undefined

/** 0 keeps which directory has which of the rest: enough for all of a run, since those with one number take each other's jobs. */
async function redisFor(directory: string): Promise<string> {
  const redis = new Redis(redisUrl!)
  try {
    const known = await redis.hget('numbers', nameOf(directory))
    const number = known ?? String(1 + ((await redis.incr('next')) % 99))
    if (known === null) {
      await redis.hset('numbers', nameOf(directory), number)
      await redis.select(Number(number))
      await redis.flushdb()
    }
    return `${redisUrl!}/${number}`
  } finally {
    redis.disconnect()
  }
}

/** Environment that puts the gateway of this directory on the servers. */
export async function servicesFor(directory: string): Promise<Record<string, string>> {
  if (!hasServices) return {}
  return { ...(await ownDatabase(directory)), UPKI_REDIS_URL: await redisFor(directory) }
}
