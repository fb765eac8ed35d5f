/** Transactions on a real connection to PostgreSQL: they begin with their first statement, and hold what a transaction promises. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { PreparedClient } from '../../packages/server/src/store/prepared-client.js'
import { hasServices, servicesFor } from '../support/services.js'
import { makeDirectory, removeDirectory } from '../support/system.js'

if (!hasServices) throw new Error('Run these tests with: npm run test:services')

const directory = makeDirectory()
let client: PreparedClient
/** How often the server said that it was ready for more: once for each way to it. */
let ways = 0

beforeAll(async () => {
  const { UPKI_DATABASE_URL: connectionString } = await servicesFor(directory)
  client = new PreparedClient({ connectionString })
  await client.connect()
  const { connection } = client as unknown as { connection: NodeJS.EventEmitter }
  connection.on('readyForQuery', () => ways++)
  await client.query('create temporary table kept (name text primary key)', [])
  // From the second transaction on, BEGIN is prepared.
  await transaction(() => client.query('select $1::text', ['once']))
})
afterAll(async () => {
  await client.end()
  removeDirectory(directory)
})
beforeEach(async () => {
  await client.query('truncate kept', [])
  ways = 0
})

/** As kysely does it. */
async function transaction<T>(work: () => Promise<T>): Promise<T> {
  await client.query('begin', [])
  try {
    const result = await work()
    await client.query('commit', [])
    return result
  } catch (error) {
    await client.query('rollback', [])
    throw error
  }
}

const keep = (name: string) => client.query('insert into kept (name) values ($1) returning name', [name])
const kept = async () =>
  (await client.query<{ name: string }>('select name from kept order by name', [])).rows
const undo = new Error('undo')

describe('a transaction', () => {
  it('takes one way for BEGIN and its first statement, whose rows and count are told', async () => {
    const { command, rowCount, rows } = await transaction(() => keep('first'))
    expect({ command, rowCount, rows }).toEqual({ command: 'INSERT', rowCount: 1, rows: [{ name: 'first' }] })
    expect(ways).toBe(2)
    expect(await kept()).toEqual([{ name: 'first' }])
  })

  it('undoes its first statement too', async () => {
    const work = async () => {
      await keep('first')
      await keep('second')
      throw undo
    }
    await expect(transaction(work)).rejects.toBe(undo)
    expect(await kept()).toEqual([])
  })

  it('undoes a first text without values that holds several statements', async () => {
    const work = async () => {
      await client.query(`insert into kept values ('one'); insert into kept values ('two')`, [])
      expect(await kept()).toHaveLength(2)
      throw undo
    }
    await expect(transaction(work)).rejects.toBe(undo)
    expect(await kept()).toEqual([])
  })

  it.each(['commit', 'rollback'])('without a statement takes no way at all to %s', async (end) => {
    await client.query('begin', [])
    await client.query(end, [])
    expect(ways).toBe(0)
    await keep('afterwards')
    expect(await kept()).toHaveLength(1)
  })

  it('is over when its first statement was refused, and the next one begins anew', async () => {
    await keep('twice')
    await expect(transaction(() => keep('twice'))).rejects.toMatchObject({ code: '23505' })
    await transaction(() => keep('other'))
    expect(await kept()).toEqual([{ name: 'other' }, { name: 'twice' }])
  })

  it('is over when a value of its first statement cannot be sent', async () => {
    const circle: Record<string, unknown> = {}
    circle.self = circle
    await expect(transaction(() => client.query('select $1::json', [circle]))).rejects.toThrow(/circular/i)
    await transaction(() => keep('next'))
    expect(await kept()).toEqual([{ name: 'next' }])
  })

  it('runs a first statement that the server could not read before, once it can', async () => {
    const text = 'insert into later (name) values ($1)'
    for (let time = 0; time < 5; time++)
      await expect(transaction(() => client.query(text, ['x']))).rejects.toMatchObject({ code: '42P01' })
    await client.query('create temporary table later (name text)', [])
    for (let time = 0; time < 5; time++)
      expect(await transaction(() => client.query(text, ['x']))).toMatchObject({ rowCount: 1 })
  })

  it('does not run its first statement where BEGIN is refused', async () => {
    // The last of the tests, since the connection does not come to know it again.
    await client.query('deallocate "upki-begin"', [])
    await expect(transaction(() => keep('alone'))).rejects.toMatchObject({ code: '26000' })
    expect(await kept()).toEqual([])
  })
})
