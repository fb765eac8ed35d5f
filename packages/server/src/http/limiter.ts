/**
 * Counts what an address does: on Redis when there is one, else in the database
 * server, else in memory. Requests as such are too many for a database: without Redis
 * each process counts its own. New orders of an account or an organisation are counted on Redis only:
 * without it, the store that has them counts (acme/limits/new-orders.ts).
 *
 * A Redis that fails lets nobody through uncounted: then memory counts, or the store, and the log says so.
 * A count begins with the first take, ends with its time, and costs one key meanwhile.
 */
import type { Cluster, Redis } from 'ioredis'
import type { Logger } from 'pino'
import {
  type IRateLimiterOptions,
  type RateLimiterAbstract,
  RateLimiterMemory,
  RateLimiterPostgres,
  RateLimiterRedis,
  RateLimiterRes,
} from 'rate-limiter-flexible'
import type { Config } from '../config.js'
import { openRedis } from '../redis/open-redis.js'
import type { Pool } from '../store/database.js'

export type Counted = 'request' | 'newAccount'
export type CountedOnRedis = 'accountOrder' | 'organisationOrder'

/** Milliseconds until it may be done; undefined when it may be done now. */
export interface Answer {
  waitMs: number | undefined
}

export interface Limiter {
  /** @returns milliseconds until it may be tried again, or undefined when it may be done */
  take(what: Counted, key: string): Promise<number | undefined>
  /** @returns undefined when it was not counted: there is no Redis, or it does not answer */
  takeOnRedis: (what: CountedOnRedis, key: string) => Promise<Answer | undefined>
  /** As `takeOnRedis`, and counts nothing. */
  askRedis: (what: CountedOnRedis, key: string) => Promise<Answer | undefined>
  /** It was not done after all. */
  giveBack(what: Counted | CountedOnRedis, key: string): Promise<void>
  close(): void
}

export interface LimiterOptions {
  config: Pick<Config, 'acme' | 'redisUrl' | 'databaseUrl'>
  pool: Pool
  log: Logger
}

/** Answers within half a second or not at all: whoever asks is waiting. */
function openImpatiently(url: string, log: Logger): Redis | Cluster {
  const redis = openRedis(url, { enableOfflineQueue: false, maxRetriesPerRequest: 1, commandTimeout: 500 })
  let isUp = true
  redis.on('error', (error: Error) => {
    if (isUp) log.warn({ error: error.message }, 'Redis fails: rate limits are counted in memory')
    isUp = false
  })
  redis.on('ready', () => {
    if (!isUp) log.info('Redis is back: rate limits are counted there again')
    isUp = true
  })
  return redis
}

interface Stores {
  redis?: Redis | Cluster
  pool?: Pool
}

const TABLE = 'rate_limits'

function makeCounter(options: IRateLimiterOptions, { redis, pool }: Stores): RateLimiterAbstract {
  const memory = new RateLimiterMemory(options)
  const insured = { ...options, insuranceLimiter: memory }
  if (redis) return new RateLimiterRedis({ ...insured, storeClient: redis, rejectIfRedisNotReady: true })
  if (!pool) return memory
  const table = { tableName: TABLE, tableCreated: true, clearExpiredByTimeout: true }
  return new RateLimiterPostgres({ ...insured, ...table, storeClient: pool, storeType: 'pool' })
}

async function consume(counter: RateLimiterAbstract, key: string): Promise<number | undefined> {
  try {
    await counter.consume(key)
    return undefined
  } catch (refusal) {
    if (refusal instanceof RateLimiterRes) return refusal.msBeforeNext
    throw refusal
  }
}

/** Without Redis, and while it is away, nothing is counted here. */
const onRedis =
  (
    counters: Partial<Record<CountedOnRedis, RateLimiterRedis>>,
    ask: (counter: RateLimiterRedis, key: string) => Promise<number | undefined>,
  ) =>
  async (what: CountedOnRedis, key: string): Promise<Answer | undefined> => {
    const counter = counters[what]
    // openImpatiently tells of a Redis that fails.
    return (
      counter &&
      ask(counter, key).then(
        (waitMs) => ({ waitMs }),
        () => undefined,
      )
    )
  }

async function peek(counter: RateLimiterRedis, key: string): Promise<number | undefined> {
  const known = await counter.get(key)
  return known && known.consumedPoints >= counter.points ? known.msBeforeNext : undefined
}

function orderCounters(
  { rateLimits }: Config['acme'],
  storeClient: Redis | Cluster | undefined,
): Partial<Record<CountedOnRedis, RateLimiterRedis>> {
  const counter = (what: CountedOnRedis, points: number | null) =>
    storeClient === undefined || points === null
      ? {}
      : {
          [what]: new RateLimiterRedis({
            ...{ storeClient, rejectIfRedisNotReady: true },
            ...{ keyPrefix: `upki-${what}`, points, duration: 3600 },
          }),
        }
  return {
    ...counter('accountOrder', rateLimits.newOrdersPerAccountPerHour),
    ...counter('organisationOrder', rateLimits.newOrdersPerOrganisationPerHour),
  }
}

export function openLimiter({ config, pool, log }: LimiterOptions): Limiter {
  const { requestsPerMinute, newAccountsPerHour } = config.acme.rateLimits
  const redis = config.redisUrl === undefined ? undefined : openImpatiently(config.redisUrl, log)
  const shared: Stores = { redis, ...(config.databaseUrl === undefined ? {} : { pool }) }
  const counter = (what: Counted, points: number | null, duration: number, stores: Stores) =>
    points === null ? undefined : makeCounter({ keyPrefix: `upki-${what}`, points, duration }, stores)
  const counters: Record<Counted, RateLimiterAbstract | undefined> = {
    request: counter('request', requestsPerMinute, 60, { redis }),
    newAccount: counter('newAccount', newAccountsPerHour, 3600, shared),
  }
  const orders = orderCounters(config.acme, redis)
  return {
    takeOnRedis: onRedis(orders, consume),
    askRedis: onRedis(orders, peek),
    take: async (what, key) => {
      const found = counters[what]
      return found && consume(found, key)
    },
    giveBack: async (what, key) => {
      await { ...counters, ...orders }[what]?.reward(key)
    },
    close: () => redis?.disconnect(),
  }
}
