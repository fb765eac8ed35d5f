/** What works without HTTP: store, queue, issuance systems, and the environment that every step of the life cycle has. */
import { mkdir } from 'node:fs/promises'
import type { Logger } from 'pino'
import type { Config } from './config.js'
import { openVault } from './files/secret-key.js'
import type { Checks } from './http/health.js'
import { makeMetrics, type Metrics } from './http/metrics.js'
import { makeHandoff } from './issuance/adapters/handoff/handoff.js'
import { makeScreens } from './issuance/adapters/screens/screens.js'
import type { Environment } from './issuance/ports/environment.js'
import type { IssuanceSystem } from './issuance/ports/issuance-system.js'
import { type Trace, untraced } from './issuance/ports/trace.js'
import { openQueueBackend, type QueueBackend } from './jobs/queue.js'
import { type Jobs, makeJobs } from './jobs/workers.js'
import type { Opened } from './opened.js'
import { openStore, type Store } from './store/database.js'
import { countApplications, countBatches, countQueue } from './store/live-counts.js'
import { countNotices } from './store/notice-counts.js'

/** `api` answers requests, `worker` does what is due; without a database server one process does both. */
export type Role = 'all' | 'api' | 'worker'

export interface Core {
  env: Environment
  store: Store
  jobs: Jobs
  metrics: Metrics
  /** What readiness asks. */
  checks: Checks
}

/** Finds by id; a reference to what is not configured is a fault of ours (config.ts checks them). */
function lookUp<T extends { id: string }>(what: string, items: readonly T[]): (id: string) => T {
  const byId = new Map(items.map((item) => [item.id, item]))
  return (id) => {
    const item = byId.get(id)
    if (!item) throw new Error(`There is no ${what} ${id} in the configuration`)
    return item
  }
}

/** The SDK is loaded only where it has something to do. */
async function startTrace({ hasCollector }: Config, role: Role, log: Logger): Promise<Trace> {
  if (!hasCollector) return untraced
  const { openTrace } = await import('./tracing/open-telemetry.js')
  return openTrace(role, log)
}

async function openStoreOf(config: Config, log: Logger, opened: Opened): Promise<Store> {
  await mkdir(config.dataDirectory, { recursive: true, mode: 0o700 })
  const store = await openStore(config)
  opened.add(() => store.close())
  // A connection that breaks while idle is told here, and would end the process if nobody listened.
  store.pool.on('error', (error) => log.warn({ err: error }, 'a connection to the database broke'))
  return store
}

function openSystems({ issuanceSystems }: Config, opened: Opened): IssuanceSystem[] {
  const systems = issuanceSystems.map((system) =>
    system.adapter === 'screens' ? makeScreens(system) : makeHandoff(system),
  )
  opened.add(() => Promise.all(systems.map((system) => system.close())))
  return systems
}

const metricsOf = ({ db }: Store, jobs: Jobs): Metrics =>
  makeMetrics(async () => ({
    applications: await countApplications(db, new Date()),
    batches: await countBatches(db),
    notices: await countNotices(db, new Date()),
    queue: await countQueue(db, new Date()),
    jobs: await jobs.counts(),
  }))

const checksOf = ({ pool }: Store, queue: QueueBackend, systems: readonly IssuanceSystem[]): Checks => ({
  store: () => pool.query('select 1'),
  queue: () => queue.check(),
  upstream: () => Promise.all(systems.map((system) => system.check())),
})

/** @param opened hears of each part as it is opened, so that a failure later closes what is there */
export async function openCore(config: Config, log: Logger, role: Role, opened: Opened): Promise<Core> {
  const store = await openStoreOf(config, log, opened)
  const trace = await startTrace(config, role, log)
  opened.add(() => trace.close())
  const queue = await openQueueBackend({ pool: store.pool, redisUrl: config.redisUrl, log })
  opened.add(() => queue.close())
  const systems = openSystems(config, opened)
  const jobs = makeJobs(queue, log)
  opened.add(() => jobs.stop())
  const metrics = metricsOf(store, jobs)
  const env: Environment = {
    config,
    db: store.db,
    vault: await openVault(config.dataDirectory),
    now: () => new Date(),
    elapsedMs: () => performance.now(),
    ring: jobs.ring,
    log,
    observe: metrics.pipeline,
    trace,
    organisation: lookUp('organisation', config.organisations),
    issuanceSystem: lookUp('issuance system', systems),
    settings: lookUp('issuance system', config.issuanceSystems),
  }
  return { env, store, jobs, metrics, checks: checksOf(store, queue, systems) }
}
