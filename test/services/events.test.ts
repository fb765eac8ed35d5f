/** Events on PostgreSQL: transactions end in another order than they write, and nobody who reads on misses one. */
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadConfig } from '../../packages/server/src/config.js'
import { publishEvents } from '../../packages/server/src/notify/publish.js'
import { openStore, type Store } from '../../packages/server/src/store/database.js'
import { listEvents } from '../../packages/server/src/store/events.js'
import { hasServices, servicesFor } from '../support/services.js'
import { makeDirectory, removeDirectory } from '../support/system.js'

if (!hasServices) throw new Error('Run these tests with: npm run test:services')

const directory = makeDirectory()
let store: Store
let databaseUrl: string
const config = loadConfig({})

beforeAll(async () => {
  databaseUrl = (await servicesFor(directory)).UPKI_DATABASE_URL ?? ''
  store = await openStore({ dataDirectory: directory, databaseUrl })
})
afterAll(async () => {
  await store.close()
  removeDirectory(directory)
})

async function withClient<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  return work(client).finally(() => client.end())
}

const write = (client: pg.Client, name: string) =>
  client.query(
    `insert into events (at, organisation, type, batch_id, data) values (now(), 'test', 'batch.sealed', $1, '{}')`,
    [name],
  )

/** As a consumer reads on: what was published after the last that it knows. */
async function readOn(after: string): Promise<{ names: (string | null)[]; last: string }> {
  await publishEvents({ db: store.db, now: () => new Date(), config })
  const rows = await listEvents(store.db, { after, limit: 1000 })
  return { names: rows.map(({ batch_id: name }) => name), last: rows.at(-1)?.position ?? after }
}

describe('whoever reads on', () => {
  it('is told of what was written early and committed late, after what came before it', async () => {
    await withClient(async (late) => {
      await late.query('begin')
      await write(late, 'late')
      await withClient((early) => write(early, 'early'))
      const first = await readOn('0')
      expect(first.names).toEqual(['early'])
      await late.query('commit')
      const second = await readOn(first.last)
      expect(second.names).toEqual(['late'])
      expect((await readOn('0')).names).toEqual(['early', 'late'])
    })
  })

  it('is not told of what was rolled back', async () => {
    const { last } = await readOn('0')
    await withClient(async (client) => {
      await client.query('begin')
      await write(client, 'undone')
      await client.query('rollback')
    })
    expect((await readOn(last)).names).toEqual([])
  })

  it('gets everything once while many write and many publish', { timeout: 120_000 }, async () => {
    const { last: begin } = await readOn('0')
    const [writers, rounds] = [8, 40]
    const writing = Promise.all(
      Array.from({ length: writers }, (_, writer) =>
        withClient(async (client) => {
          for (let round = 0; round < rounds; round++) {
            await client.query('begin')
            await write(client, `${writer}-${round}`)
            // Those that began earlier end later, now and then.
            if ((writer + round) % 3 === 0) await client.query('select pg_sleep(0.01)')
            await client.query('commit')
          }
        }),
      ),
    )
    const readers = Array.from({ length: 3 }, async () => {
      const names: (string | null)[] = []
      let after = begin
      while (names.length < writers * rounds) {
        const read = await readOn(after)
        names.push(...read.names)
        after = read.last
      }
      return names
    })
    await writing
    const expected = Array.from({ length: writers }, (_, writer) =>
      Array.from({ length: rounds }, (__, round) => `${writer}-${round}`),
    )
    for (const names of await Promise.all(readers)) {
      expect([...names].sort()).toEqual(expected.flat().sort())
      // Of each writer in the order in which it wrote: so it is with the changes of one application.
      for (const [writer, own] of expected.entries())
        expect(names.filter((name) => name?.startsWith(`${writer}-`))).toEqual(own)
    }
  })
})
