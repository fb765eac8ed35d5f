/**
 * Counts what an address does: on Redis when there is one, else in the database
 * server, else in memory. Requests as such are too many for a database: without Redis
 * each process counts its own.
 *
 * A Redis that fails lets nobody through uncounted: then memory counts, and the log says so.
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

export interface Limiter {
  /** @returns milliseconds until it may be tried again, or undefined when it may be done */
  take(what: Counted, key: string): Promise<number | undefined>
  /** It was not done after all. */
  giveBack(what: Counted, key: string): Promise<void>
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
  return {
    take: async (what, key) => {
      const found = counters[what]
      return found && consume(found, key)
    },
    giveBack: async (what, key) => {
      await counters[what]?.reward(key)
    },
    close: () => redis?.disconnect(),
  }
}
