/**
 * The queue: BullMQ on Redis when there is a URL, else on the store's own pool.
 *
 * The queue is only a bell. Every job looks in the store for what is due, so a
 * job that is lost, late or run twice does no harm.
 */
import {
  type BackendFactory,
  type ConnectionOptions,
  createPostgresBackend,
  createRedisBackend,
  type IQueueBackend,
  Queue,
  runMigrations,
  Worker,
} from 'bullmq'
import type { Cluster, Redis } from 'ioredis'
import type { Logger } from 'pino'
import { openRedis, refuseEviction } from '../redis/open-redis.js'
import type { Pool } from '../store/database.js'

export type Work = 'assemble' | 'submit' | 'collect' | 'history' | 'validate' | 'sweep'

export type WorkQueue = Queue<unknown, unknown, Work, unknown, unknown, Work, IQueueBackend>
export type WorkWorker = Worker<unknown, unknown, Work, IQueueBackend>

export interface QueueOptions {
  pool: Pool
  redisUrl?: string
  log: Logger
}

/** Makes queues and workers that share one backend; `close` ends what it opened. */
export interface QueueBackend {
  queue(name: string): WorkQueue
  worker(name: string, run: (work: Work) => Promise<void>): WorkWorker
  /** Resolves when the backend answers. */
  check(): Promise<unknown>
  close(): Promise<unknown>
}

async function connectRedis(url: string, log: Logger): Promise<Redis | Cluster> {
  const connection = openRedis(url, { maxRetriesPerRequest: null, lazyConnect: true })
  let last: Error | undefined
  connection.on('error', (error: Error) => {
    last = error
    log.warn({ error: error.message }, 'redis')
  })
  await connection.connect().catch((error: unknown) => {
    connection.disconnect()
    throw new Error('Redis of UPKI_REDIS_URL cannot be used; see that it runs, and its URL', {
      cause: last ?? error,
    })
  })
  await refuseEviction(connection, log)
  // Another master may be set up otherwise.
  connection.on('ready', () => {
    refuseEviction(connection, log).catch((error: unknown) => log.error({ err: error }, 'redis'))
  })
  return connection
}

async function migratePostgres(pool: Pool): Promise<void> {
  const client = await pool.connect()
  try {
    await runMigrations(client)
  } finally {
    client.release()
  }
}

export async function openQueueBackend({ pool, redisUrl, log }: QueueOptions): Promise<QueueBackend> {
  const redis = redisUrl ? await connectRedis(redisUrl, log) : undefined
  if (!redis) await migratePostgres(pool)
  // Each factory is typed for its own connection; this is the one place where they are joined.
  const connection = (redis ?? pool) as unknown as ConnectionOptions
  const factory = (redis ? createRedisBackend : createPostgresBackend) as BackendFactory
  // The braces put all keys of the queue on one node of a cluster.
  const options = { connection, prefix: '{upki}' }
  return {
    queue: (name) => new Queue(name, options, factory),
    worker: (name, run) =>
      new Worker(name, async (job) => run(job.name), { ...options, concurrency: 4 }, factory),
    check: () => (redis ? redis.ping() : pool.query('select 1')),
    close: () => Promise.resolve(redis?.quit()),
  }
}
