/**
 * PostgreSQL and Redis of the services suite: a database and a Redis number of its
 * own for each data directory. Without the suite the gateway runs embedded.
 */
import { createHash } from 'node:crypto'
import { Redis } from 'ioredis'
import pg from 'pg'

const { UPKI_TEST_DATABASE_URL: databaseUrl, UPKI_TEST_REDIS_URL: redisUrl } = process.env

export const hasServices = databaseUrl !== undefined && redisUrl !== undefined

const nameOf = (directory: string): string =>
  `upki_${createHash('sha256').update(directory).digest('hex').slice(0, 16)}`

async function withAdmin<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  return work(client).finally(() => client.end())
}

async function databaseFor(directory: string): Promise<string> {
  const name = nameOf(directory)
  await withAdmin(async (client) => {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [name])
    if (rowCount === 0) await client.query(`create database ${name}`)
  })
  const url = new URL(databaseUrl!)
  url.pathname = `/${name}`
  return url.href
}

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
  return { UPKI_DATABASE_URL: await databaseFor(directory), UPKI_REDIS_URL: await redisFor(directory) }
}
