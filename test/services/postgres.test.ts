/** What only a real database can show: it ends connections, and is gone for a while. */
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { apply, csrFor, end } from '../support/applications.js'
import { hasServices, servicesFor } from '../support/services.js'
import { makeDirectory, removeDirectory, startIn, type TestSystem } from '../support/system.js'

if (!hasServices) throw new Error('Run these tests with: npm run test:services')

const directory = makeDirectory()
let system: TestSystem

beforeAll(async () => {
  system = await startIn(directory)
})
afterAll(async () => {
  await system.stop()
  removeDirectory(directory)
})

/** As a restart of the database does it. */
async function endAllConnections(): Promise<void> {
  const { UPKI_DATABASE_URL: connectionString } = await servicesFor(directory)
  const client = new pg.Client({ connectionString })
  await client.connect()
  await client.query(
    'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
  )
  await client.end()
}

describe('PostgreSQL', () => {
  it('that ends all connections does not end the gateway', async () => {
    await apply(system, { csr: await csrFor('before.example.ac.jp') })
    await endAllConnections()
    const [application] = await apply(system, { csr: await csrFor('after.example.ac.jp') })
    expect((await end(system, application!.id, 90)).state).toBe('issued')
  })
})
