import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Config, loadConfig } from '../config.js'
import { openStore, type Store } from '../store/database.js'
import { placeStore } from '../testing/store-template.js'
import { type Limiter, openLimiter } from './limiter.js'

let directory: string
let store: Store
const opened: Limiter[] = []
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'upki-limiter-'))
  await placeStore(directory)
  store = await openStore({ dataDirectory: directory })
})
afterAll(async () => {
  for (const limiter of opened) limiter.close()
  await store.close()
  rmSync(directory, { recursive: true, force: true })
})

function open(change: Partial<Config>, lines: string[] = []): Limiter {
  const { acme } = loadConfig({})
  const rateLimits = { ...acme.rateLimits, requestsPerMinute: 3, newAccountsPerHour: 2 }
  const log = pino({ level: 'info' }, { write: (line: string) => void lines.push(line) })
  const limiter = openLimiter({ config: { acme: { ...acme, rateLimits }, ...change }, pool: store.pool, log })
  opened.push(limiter)
  return limiter
}

const takeMany = async (limiter: Limiter, what: 'request' | 'newAccount', key: string, times: number) => {
  const waits: (number | undefined)[] = []
  for (let time = 0; time < times; time++) waits.push(await limiter.take(what, key))
  return waits.map((wait) => (wait === undefined ? 'ok' : wait > 0 && wait <= 3_600_000))
}

// Nothing listens on port 1.
const brokenRedis = { redisUrl: 'redis://127.0.0.1:1' }
// The pool stands for a database server.
const database = { databaseUrl: 'postgres://there' }

describe.each<[string, Partial<Config>]>([
  ['in memory', {}],
  ['in the database', database],
  ['in memory because Redis is broken', brokenRedis],
])('counting %s', (name, change) => {
  it('lets through as many as there may be, says how long to wait, and tells addresses apart', async () => {
    const limiter = open(change)
    expect(await takeMany(limiter, 'request', `${name} a`, 4)).toEqual(['ok', 'ok', 'ok', true])
    expect(await takeMany(limiter, 'newAccount', `${name} a`, 3)).toEqual(['ok', 'ok', true])
    expect(await takeMany(limiter, 'newAccount', `${name} b`, 1)).toEqual(['ok'])
  })

  it('counts less what was given back', async () => {
    const limiter = open(change)
    await takeMany(limiter, 'newAccount', `${name} c`, 2)
    await limiter.giveBack('newAccount', `${name} c`)
    expect(await takeMany(limiter, 'newAccount', `${name} c`, 2)).toEqual(['ok', true])
  })
})

it.each<[string, Partial<Config>]>([
  ['in memory', {}],
  ['in the database', database],
  ['and Redis is broken', brokenRedis],
])('leaves new orders to the store where counting is %s', async (_name, change) => {
  const limiter = open(change)
  expect(await limiter.takeOnRedis('accountOrder', 'x')).toBeUndefined()
  expect(await limiter.askRedis('organisationOrder', 'x')).toBeUndefined()
})

it('counts together what two processes on one database do', async () => {
  const [one, two] = [open(database), open(database)]
  expect(await takeMany(one, 'newAccount', 'shared', 2)).toEqual(['ok', 'ok'])
  expect(await takeMany(two, 'newAccount', 'shared', 1)).toEqual([true])
})

it('says once that Redis is broken', async () => {
  const lines: string[] = []
  const limiter = open(brokenRedis, lines)
  await takeMany(limiter, 'request', 'x', 2)
  await expect.poll(() => lines.length, { timeout: 20_000 }).toBeGreaterThan(0)
  await takeMany(limiter, 'request', 'x', 2)
  expect(lines.filter((line) => line.includes('rate limits are counted in memory'))).toHaveLength(1)
})
