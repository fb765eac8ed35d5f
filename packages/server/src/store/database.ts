/**
 * Opens the store: PostgreSQL when there is a URL, else PGlite in the data directory.
 *
 * Both give one pool that kysely and the queue share. PGlite does not lock its
 * directory and two processes would silently lose rows, so we hold a lock of our own.
 */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Kysely, Migrator, PostgresDialect, sql, type Transaction as KyselyTransaction } from 'kysely'
import pg from 'pg'
import { lockFile } from '../files/lock-file.js'
import { PrimaryPool, splitHosts } from './database-hosts.js'
import * as issuance from './migrations/001-issuance.js'
import * as acme from './migrations/002-acme.js'
import * as acmeWhole from './migrations/003-acme.js'
import * as acmeRenewal from './migrations/010-acme-renewal.js'
import * as acmeApplicants from './migrations/011-acme-applicants.js'
import * as acmeLimits from './migrations/012-acme-limits.js'
import * as handOff from './migrations/030-hand-off.js'
import * as history from './migrations/031-history.js'
import * as lifeAfterIssue from './migrations/032-life-after-issue.js'
import * as batching from './migrations/033-batching.js'
import * as people from './migrations/040-people.js'
import * as subscribers from './migrations/041-subscribers.js'
import * as approvals from './migrations/042-approvals.js'
import * as auditChain from './migrations/043-audit-chain.js'
import * as sessions from './migrations/050-sessions.js'
import * as events from './migrations/055-events.js'
import * as webhooks from './migrations/056-webhooks.js'
import * as mails from './migrations/057-mails.js'
import * as accountsOnePerKey from './migrations/058-accounts-one-per-key.js'
import * as challengesUnderWay from './migrations/059-challenges-under-way.js'
import * as acmeBindings from './migrations/060-acme-bindings.js'
import * as certificateSearch from './migrations/063-certificate-search.js'
import * as upstreamEab from './migrations/075-upstream-eab.js'
import * as traces from './migrations/076-traces.js'
import * as webhookSecrets from './migrations/077-webhook-secrets.js'
import * as eabEvents from './migrations/078-eab-events.js'
import * as urgentQueue from './migrations/079-urgent-queue.js'
import * as importedFor from './migrations/081-imported-for.js'
import * as certificatesOfOrganisations from './migrations/085-certificates-of-organisations.js'
import * as narrowedDecisions from './migrations/090-narrowed-decisions.js'
import { fromPGlite, PGlitePool, searchPath } from './pglite-pool.js'
import { PreparedClient } from './prepared-client.js'
import type { Tables } from './tables.js'

export type Database = Kysely<Tables>
export type Transaction = KyselyTransaction<Tables>
/** What BullMQ's PostgreSQL backend shares with the store. */
export type Pool = pg.Pool

export interface Store {
  db: Database
  pool: Pool
  /** Runs the work while no other process on this database runs any; what several that start at once must not do together. */
  alone<T>(work: () => Promise<T>): Promise<T>
  close(): Promise<void>
}

const migrations = {
  '001-issuance': issuance,
  '002-acme': acme,
  '003-acme': acmeWhole,
  '010-acme-renewal': acmeRenewal,
  '011-acme-applicants': acmeApplicants,
  '012-acme-limits': acmeLimits,
  '030-hand-off': handOff,
  '031-history': history,
  '032-life-after-issue': lifeAfterIssue,
  '033-batching': batching,
  '040-people': people,
  '041-subscribers': subscribers,
  '042-approvals': approvals,
  '043-audit-chain': auditChain,
  '050-sessions': sessions,
  '055-events': events,
  '056-webhooks': webhooks,
  '057-mails': mails,
  '058-accounts-one-per-key': accountsOnePerKey,
  '059-challenges-under-way': challengesUnderWay,
  '060-acme-bindings': acmeBindings,
  '063-certificate-search': certificateSearch,
  '075-upstream-eab': upstreamEab,
  '076-traces': traces,
  '077-webhook-secrets': webhookSecrets,
  '078-eab-events': eabEvents,
  '079-urgent-queue': urgentQueue,
  '081-imported-for': importedFor,
  '085-certificates-of-organisations': certificatesOfOrganisations,
  '090-narrowed-decisions': narrowedDecisions,
}

/** @throws when the database knows migrations that are none of these: going back would lose what they brought */
async function refuseNewer(migrator: Migrator, db: Database): Promise<void> {
  // Before the first start there is no such table.
  if (!(await migrator.getMigrations()).some(({ executedAt }) => executedAt)) return
  const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(db)
  const unknown = rows.map(({ name }) => name).filter((name) => !(name in migrations))
  if (unknown.length === 0) return
  throw new Error(
    `The database was changed by a newer version of the gateway, which this one does not know (${unknown.join(', ')}). ` +
      'Start that version or a later one, or restore the backup from before the upgrade: docs/operations.md, "Upgrade"',
  )
}

async function migrate(db: Database): Promise<void> {
  const migrator = new Migrator({
    db,
    provider: { getMigrations: () => Promise.resolve(migrations) },
    // Each stands alone: one with a lower number that comes later is run then.
    allowUnorderedMigrations: true,
  })
  await refuseNewer(migrator, db)
  const { error } = await migrator.migrateToLatest()
  if (error) throw new Error('The database could not be brought to the current version', { cause: error })
}

async function lockDirectory(directory: string): Promise<() => Promise<void>> {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const unlock = await lockFile(`${directory}.lock`)
  if (!unlock)
    throw new Error(`${directory} is in use by another gateway; stop it or choose another UPKI_DATA_DIR`)
  return unlock
}

async function openEmbedded(dataDirectory: string): Promise<{ pool: Pool; close: () => Promise<void> }> {
  const directory = join(dataDirectory, 'store')
  const unlock = await lockDirectory(directory)
  const pool = await PGlitePool.open(directory)
  const close = async () => {
    await pool.end()
    await unlock()
  }
  return { pool: pool as unknown as Pool, close }
}

// A caller is told to come back rather than kept waiting.
const CONNECT_TIMEOUT_MS = 10_000
const KEEP_ALIVE_MS = 10_000

function openServer(url: string): { pool: Pool; close: () => Promise<void> } {
  const settings = {
    max: 20,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    // A machine that is gone answers nothing, not even that.
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
    options: `-c search_path=${searchPath}`,
  }
  const urls = splitHosts(url)
  const pool =
    urls.length > 1
      ? new PrimaryPool(urls, settings)
      : new pg.Pool({ ...settings, connectionString: url, Client: PreparedClient })
  pool.setMaxListeners(0)
  // A connection that breaks while it is lent out tells its query, and once more itself: nobody else listens.
  pool.on('connect', (client) => client.on('error', () => undefined))
  return { pool, close: () => pool.end() }
}

// Any number that nothing else locks.
const START_LOCK = 8_443_060

async function aloneOn<T>(pool: Pool, work: () => Promise<T>): Promise<T> {
  const client = await pool.connect()
  try {
    await client.query('select pg_advisory_lock($1)', [START_LOCK])
    return await work()
  } finally {
    // The lock ends with the session.
    client.release(true)
  }
}

/** @throws when no connection can be had; the message names the setting, never the URL, in which the password stands */
async function reach(pool: Pool): Promise<void> {
  try {
    ;(await pool.connect()).release()
  } catch (cause) {
    throw new Error('The database of UPKI_DATABASE_URL cannot be used; see that it runs, and its URL', {
      cause,
    })
  }
}

/** @throws when the database cannot be reached or brought to the current version */
export async function openStore(options: { dataDirectory: string; databaseUrl?: string }): Promise<Store> {
  const { pool, close } = options.databaseUrl
    ? openServer(options.databaseUrl)
    : await openEmbedded(options.dataDirectory)
  const db: Database = new Kysely({ dialect: new PostgresDialect({ pool }) })
  try {
    if (options.databaseUrl) await reach(pool)
    await migrate(db)
  } catch (error) {
    await close()
    throw options.databaseUrl ? error : fromPGlite(error, join(options.dataDirectory, 'store'))
  }
  // The embedded store has one process.
  const alone: Store['alone'] = (work) => (options.databaseUrl ? aloneOn(pool, work) : work())
  return { db, pool, alone, close }
}
