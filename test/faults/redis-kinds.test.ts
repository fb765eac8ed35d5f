/** The queue on Redis behind sentinels, whose master dies, and on a cluster. */
import { execFile } from 'node:child_process'
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeLogger } from '../../packages/server/src/logger.js'
import { openQueueBackend, type Work } from '../../packages/server/src/jobs/queue.js'
import { ensurePrograms, freePort, type Server, startRedis } from '../../scripts/debian.mjs'
import { makeDirectory, removeDirectory, until } from '../support/system.js'

const run = promisify(execFile)
const programs = ensurePrograms({ 'redis-server': 'redis-server', 'redis-cli': 'redis-tools' })
const directory = makeDirectory()
const servers: Server[] = []

const start = async (name: string, args: readonly string[] = []): Promise<Server> => {
  const server = await startRedis(programs, join(directory, name), args)
  servers.push(server)
  return server
}

beforeAll(() => chmodSync(directory, 0o755))
afterAll(async () => {
  for (const server of servers) await server.kill()
  removeDirectory(directory)
})

const cli = async (port: number, ...args: string[]): Promise<string> =>
  (await run(programs['redis-cli'], ['-p', String(port), ...args])).stdout

/** Sends and works through one queue, as an API and a worker process do. */
async function openQueue(redisUrl: string) {
  const log = makeLogger({ logLevel: 'silent' })
  const backend = await openQueueBackend({ pool: undefined as never, redisUrl, log })
  const queue = backend.queue('test')
  const done: Work[] = []
  const worker = backend.worker('test', (work) => Promise.resolve(void done.push(work)))
  queue.on('error', () => undefined)
  worker.on('error', () => undefined)
  const isDone = (work: Work) =>
    until(
      () => Promise.resolve(done),
      (all) => all.includes(work),
      120,
    )
  const close = async () => {
    await worker.close()
    await queue.close()
    await backend.close()
  }
  return { queue, isDone, close, check: () => backend.check() }
}

describe('the queue behind sentinels', () => {
  it('goes on at the master that takes the place of a dead one', { timeout: 300_000 }, async () => {
    const master = await start('master')
    const replica = await start('replica', ['--replicaof', '127.0.0.1', String(master.port)])
    const sentinels = await Promise.all([0, 1, 2].map((index) => startSentinel(index, master.port)))
    const hosts = sentinels.map(({ port }) => `127.0.0.1:${port}`).join(',')
    const knowsReplica = async (port: number) =>
      (await cli(port, 'sentinel', 'replicas', 'upki')).includes(String(replica.port))
    for (const { port } of sentinels) await until(() => knowsReplica(port), Boolean, 120)

    const { queue, isDone, close } = await openQueue(`redis+sentinel://${hosts}/upki`)
    await queue.add('assemble', {})
    await isDone('assemble')
    await master.kill()
    // An add that gets no answer may have been taken; once more does no harm.
    await until(() => queue.add('submit', {}).then(Boolean, () => false), Boolean, 120)
    await isDone('submit')
    expect(await cli(replica.port, 'role')).toMatch(/^master/)
    await close()
  })

  async function startSentinel(index: number, masterPort: number): Promise<Server> {
    const port = await freePort()
    const file = join(directory, `sentinel-${index}.conf`)
    const lines = [
      `sentinel monitor upki 127.0.0.1 ${masterPort} 2`,
      'sentinel down-after-milliseconds upki 2000',
      'sentinel failover-timeout upki 10000',
    ]
    writeFileSync(file, `${lines.join('\n')}\n`)
    return start(`sentinel-${index}`, [file, '--sentinel', '--port', String(port)])
  }
})

describe('the queue on a cluster', () => {
  it('keeps all its keys on one node', { timeout: 300_000 }, async () => {
    const nodes = await Promise.all(
      [0, 1, 2].map((index) => start(`node-${index}`, ['--cluster-enabled', 'yes'])),
    )
    const hosts = nodes.map(({ port }) => `127.0.0.1:${port}`)
    await run(programs['redis-cli'], ['--cluster', 'create', ...hosts, '--cluster-yes'])
    const isReady = async (port: number) => (await cli(port, 'cluster', 'info')).includes('cluster_state:ok')
    for (const { port } of nodes) await until(() => isReady(port), Boolean, 120)

    const { queue, isDone, close, check } = await openQueue(`redis+cluster://${hosts.join(',')}`)
    await queue.add('assemble', {})
    await queue.add('submit', {}, { delay: 100 })
    await isDone('assemble')
    await isDone('submit')
    expect(await check()).toBe('PONG')
    const counts = await Promise.all(nodes.map(async ({ port }) => Number(await cli(port, 'dbsize'))))
    expect(counts.filter((count) => count > 0)).toHaveLength(1)
    await close()
  })

  it('that would drop jobs is refused', async () => {
    const { port } = await start('evicting', ['--maxmemory-policy', 'allkeys-lru'])
    await expect(openQueue(`redis://127.0.0.1:${port}`)).rejects.toThrow(/noeviction/)
  })
})
