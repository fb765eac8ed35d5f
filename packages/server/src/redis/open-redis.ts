/** A connection to Redis, to whichever master the sentinels name, or to a cluster. */
import { Cluster, Redis, type RedisOptions } from 'ioredis'
import type { Logger } from 'pino'
import { parseRedisUrl } from './redis-url.js'

/** @param options of each connection; nothing is connected yet with `lazyConnect` */
export function openRedis(url: string, options: RedisOptions): Redis | Cluster {
  const { kind, nodes, masterName, database, isTls, username, password } = parseRedisUrl(url)
  const shared: RedisOptions = { ...options, username, password, ...(isTls && { tls: {} }) }
  if (kind === 'cluster') {
    const { lazyConnect, enableOfflineQueue, ...redisOptions } = shared
    return new Cluster(nodes, { redisOptions, lazyConnect, enableOfflineQueue })
  }
  if (kind === 'single') return new Redis({ ...shared, ...nodes[0], db: database })
  return new Redis({
    ...shared,
    db: database,
    sentinels: nodes,
    name: masterName,
    sentinelPassword: password,
    ...(isTls && { enableTLSForSentinelMode: true, sentinelTLS: {} }),
  })
}

const mastersOf = (connection: Redis | Cluster): Redis[] =>
  connection instanceof Cluster ? connection.nodes('master') : [connection]

/** Some providers forbid the question. */
async function policyOf(redis: Redis, log: Logger): Promise<string | undefined> {
  const answer = await redis.config('GET', 'maxmemory-policy').catch((error: unknown) => {
    const message = error instanceof Error ? error.message : String(error)
    log.warn({ error: message }, 'Redis does not tell its maxmemory-policy; it must be noeviction')
    return []
  })
  return (answer as string[])[1]
}

/** Redis must not drop jobs when memory is short. @throws when its policy says it would */
export async function refuseEviction(connection: Redis | Cluster, log: Logger): Promise<void> {
  for (const redis of mastersOf(connection)) {
    const policy = await policyOf(redis, log)
    if (policy !== undefined && policy !== 'noeviction')
      throw new Error(`Redis would drop jobs: maxmemory-policy is ${policy}, set it to noeviction`)
  }
}
