/** The wiring: opens store and queue, joins the faces, listens. Known only to main and to tests. */
import { mkdir, readFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { Logger } from 'pino'
import { makeAcme } from './acme/router.js'
import { bootstrap } from './bootstrap.js'
import { type Config, ConfigError } from './config.js'
import { makeConsole } from './console/console.js'
import { makeLink } from './console/session/link.js'
import { readCaller } from './console/session/sessions.js'
import { openVault } from './files/secret-key.js'
import { makeApp } from './http/app.js'
import { Drain } from './http/drain.js'
import { makeHealth } from './http/health.js'
import { type Limiter, openLimiter } from './http/limiter.js'
import { listenerOptions } from './http/listener-options.js'
import { makeMetrics } from './http/metrics.js'
import { ensureTls } from './http/tls.js'
import { traceRequests } from './http/trace-requests.js'
import { makeHandoff } from './issuance/adapters/handoff/handoff.js'
import { makeScreens } from './issuance/adapters/screens/screens.js'
import type { Environment } from './issuance/ports/environment.js'
import { type Trace, untraced } from './issuance/ports/trace.js'
import { openQueueBackend } from './jobs/queue.js'
import { makeJobs } from './jobs/workers.js'
import { makeLogger } from './logger.js'
import { Hub } from './notify/hub.js'
import { makeRest } from './rest/router.js'
import { openStore } from './store/database.js'
import { hasAnybodySignedIn } from './store/sessions.js'
import { countApplications, countBatches, countQueue } from './store/live-counts.js'
import { countNotices } from './store/notice-counts.js'

export interface Gateway {
  url: string
  env: Environment
  /** A sign-in link, until anybody has signed in to the console: how the first operator gets in. */
  firstLink(): Promise<string | undefined>
  /** Stops listening, lets running requests and jobs end, closes everything. */
  close(): Promise<void>
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

async function listen(server: Server, { host, port }: Config['listen']): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  const { port: bound } = server.address() as AddressInfo
  return `https://${host.includes(':') ? `[${host}]` : host}:${bound}`
}

/** Asked for, not demanded: ACME clients, portals and most browsers have none. */
async function clientCertificates({ console: { clientCertificates: wanted } }: Config) {
  if (!wanted) return {}
  return { ca: await readFile(wanted.caFile), requestCert: true, rejectUnauthorized: false }
}

const makeFaces = (env: Environment, limiter: Limiter, hub: Hub) => ({
  acme: makeAcme(env, limiter),
  rest: makeRest(env, hub, readCaller(env)),
  console: makeConsole(env),
})

/** The SDK is loaded only where it has something to do. */
async function startTrace({ hasCollector }: Config, role: Role, log: Logger): Promise<Trace> {
  if (!hasCollector) return untraced
  const { openTrace } = await import('./tracing/open-telemetry.js')
  return openTrace(role, log)
}

/** `api` answers requests, `worker` does what is due; without a database server one process does both. */
export type Role = 'all' | 'api' | 'worker'

export async function startGateway(
  config: Config,
  log = makeLogger(config),
  role: Role = 'all',
): Promise<Gateway> {
  if (role !== 'all' && config.databaseUrl === undefined)
    throw new ConfigError(
      `The role ${role} needs UPKI_DATABASE_URL: the embedded store takes one process only`,
    )
  await mkdir(config.dataDirectory, { recursive: true, mode: 0o700 })
  const store = await openStore(config)
  // A connection that breaks while idle is told here, and would end the process if nobody listened.
  store.pool.on('error', (error) => log.warn({ err: error }, 'a connection to the database broke'))
  const closing: (() => Promise<unknown>)[] = [() => store.close()]
  const close = async () => {
    for (const step of closing) await step()
  }
  try {
    const trace = await startTrace(config, role, log)
    closing.unshift(() => trace.close())
    const queue = await openQueueBackend({ pool: store.pool, redisUrl: config.redisUrl, log })
    closing.unshift(() => queue.close())
    const systems = config.issuanceSystems.map((system) =>
      system.adapter === 'screens' ? makeScreens(system) : makeHandoff(system),
    )
    closing.unshift(() => Promise.all(systems.map((system) => system.close())))
    const jobs = makeJobs(queue, log)
    closing.unshift(() => jobs.stop())
    const metrics = makeMetrics(async () => ({
      applications: await countApplications(store.db, new Date()),
      batches: await countBatches(store.db),
      notices: await countNotices(store.db, new Date()),
      queue: await countQueue(store.db, new Date()),
      jobs: await jobs.counts(),
    }))
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
    const tls = await store.alone(async () => {
      await bootstrap(env)
      return ensureTls(config.dataDirectory, config.listen.host)
    })
    const checks = {
      store: () => store.pool.query('select 1'),
      queue: () => queue.check(),
      upstream: () => Promise.all(systems.map((system) => system.check())),
    }
    const drain = new Drain(config.http.drainSeconds)
    const health = makeHealth(checks, metrics, log, drain)
    const limiter = openLimiter({ config, pool: store.pool, log })
    closing.unshift(() => Promise.resolve(limiter.close()))
    const hub = new Hub(env)
    const faces = role === 'worker' ? { health } : { health, ...makeFaces(env, limiter, hub) }
    const app = makeApp(faces, metrics, log, {
      trustedProxies: config.http.trustedProxies,
      ...(config.hasCollector && { trace: traceRequests(trace) }),
    })
    const server = createServer({ ...listenerOptions, ...tls, ...(await clientCertificates(config)) }, app)
    const url = await listen(server, config.listen)
    closing.unshift(() => drain.stopListening(server))
    // Listeners for events would never leave by themselves.
    closing.unshift(() => hub.close())
    closing.unshift(() => drain.begin())
    if (role !== 'api') await jobs.start(env)
    const firstLink = async () =>
      role === 'worker' || (await hasAnybodySignedIn(store.db))
        ? undefined
        : makeLink(env.vault, config.console.externalUrl ?? url, { now: env.now() })
    return { url, env, firstLink, close }
  } catch (error) {
    await close()
    throw error
  }
}
