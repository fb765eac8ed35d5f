/** What only a real database can show: it ends connections, and is gone for a while. */
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { apply, csrFor, end, look } from '../support/applications.js'
import { hasServices, servicesFor } from '../support/services.js'
import {
  kill,
  makeDirectory,
  removeDirectory,
  startIn,
  startMore,
  type TestSystem,
  until,
} from '../support/system.js'

if (!hasServices) throw new Error('Run these tests with: npm run test:services')

const directory = makeDirectory()
let system: TestSystem

beforeAll(async () => {
  system = await startIn(directory, {}, { sweepSeconds: 5 })
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

async function withClient<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
  const { UPKI_DATABASE_URL: connectionString } = await servicesFor(directory)
  const client = new pg.Client({ connectionString })
  await client.connect()
  return work(client).finally(() => client.end())
}

interface Verification {
  intact: boolean
  checked: number
  unsealed: number
}

/** Seals what is committed, as the gateway does before it answers. */
const verify = async (): Promise<Verification> =>
  (await (await system.call('/v1/audit/verification?last=100000')).json()) as Verification

/** A transaction that others have open, on the same server, holds the sealing up while it lasts. */
const verifyWhole = (): Promise<Verification> => until(verify, ({ unsealed }) => unsealed === 0)

const entry = `insert into audit_log (at, actor, action, subject, detail) values (now(), 'gateway', 'test.write', 'test', '{}')`

describe('the audit log on PostgreSQL', () => {
  it('seals what commits late after what began later, and loses nothing', async () => {
    await withClient(async (late) => {
      await late.query('begin')
      await late.query(entry)
      await withClient((early) => early.query(entry))
      const before = await verify()
      await late.query('commit')
      // The worker may have sealed it already.
      const after = await verifyWhole()
      expect([before.intact, after.intact]).toEqual([true, true])
      expect(after.checked).toBeGreaterThan(before.checked)
    })
  })

  it('leaves out what was rolled back', async () => {
    await withClient(async (client) => {
      await client.query('begin')
      await client.query(entry)
      await client.query('rollback')
      await client.query(entry)
    })
    expect((await verifyWhole()).intact).toBe(true)
  })

  it('stays one chain when many write and many seal', async () => {
    const writers = Array.from({ length: 8 }, () =>
      withClient(async (client) => {
        for (let round = 0; round < 50; round += 1) await client.query(entry)
      }),
    )
    await Promise.all([...writers, ...Array.from({ length: 20 }, verify)])
    const result = await verifyWhole()
    const { rows } = await withClient((client) =>
      client.query<{ count: number }>('select count(*)::int as count from audit_log'),
    )
    expect(result.intact).toBe(true)
    expect(result.checked).toBeGreaterThanOrEqual(400)
    expect(result.checked).toBeLessThanOrEqual(rows[0]!.count)
  })
})

describe('PostgreSQL', () => {
  it('has an index that finds a part of a name, subject or serial', async () => {
    const plan = await withClient(async (client) => {
      await client.query('set enable_seqscan = off')
      await client.query('set search_path = public')
      const searched = 'searchable_certificate(common_name, subject_dn, serial, names)'
      const { rows } = await client.query<{ 'QUERY PLAN': string }>(
        `explain select serial from certificates where ${searched} ilike '%part.of.a.name%'`,
      )
      return rows.map((row) => row['QUERY PLAN']).join('\n')
    })
    expect(plan).toContain('Bitmap Index Scan on certificates_searched')
  })

  it('that ends all connections does not end the gateway', async () => {
    await apply(system, { csr: await csrFor('before.example.ac.jp') })
    await endAllConnections()
    const [application] = await apply(system, { csr: await csrFor('after.example.ac.jp') })
    expect((await end(system, application!.id, 90)).state).toBe('issued')
  })
})

/** The address of the same database on the socket of its server. */
const socketUrl = (): Promise<string> =>
  withClient(async (client) => {
    const { rows } = await client.query<{ folder: string; port: string; user: string; name: string }>(
      `select current_setting('unix_socket_directories') as folder, current_setting('port') as port,
        current_user as user, current_database() as name`,
    )
    const { folder = '', port, user, name } = rows[0] ?? {}
    return `postgresql://${user}@/${name}?host=${encodeURIComponent(folder)}&port=${port}`
  })

describe('a PostgreSQL on the same machine', () => {
  it('is reached by its Unix socket too', async () => {
    const process = await startMore(directory, 'api', { UPKI_DATABASE_URL: await socketUrl() })
    try {
      const csr = await csrFor('socket.example.ac.jp')
      const [application] = await apply({ ...process, directory }, { csr })
      expect(await look(system, application!.id)).toMatchObject({ fields: { fqdn: 'socket.example.ac.jp' } })
    } finally {
      await kill(process.child)
    }
  })
})
