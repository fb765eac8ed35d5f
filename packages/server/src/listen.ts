/** The faces of the gateway over HTTPS, from the first request to the last answer. */
import { readFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { makeAcme } from './acme/router.js'
import type { Config } from './config.js'
import { makeConsole } from './console/console.js'
import { readCaller } from './console/session/sessions.js'
import type { Core, Role } from './core.js'
import { type Faces, makeApp } from './http/app.js'
import { Drain } from './http/drain.js'
import { messagesOf } from './http/express-messages.js'
import { makeHealth } from './http/health.js'
import { openLimiter } from './http/limiter.js'
import { listenerOptions } from './http/listener-options.js'
import type { TlsFiles } from './http/tls.js'
import { traceRequests } from './http/trace-requests.js'
import { Hub } from './notify/hub.js'
import type { Opened } from './opened.js'
import { makeRest } from './rest/router.js'

async function bind(server: Server, { host, port }: Config['listen']): Promise<string> {
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

function makeFaces({ env, store }: Core, hub: Hub, opened: Opened): Omit<Faces, 'health'> {
  const limiter = openLimiter({ config: env.config, pool: store.pool, log: env.log })
  opened.add(() => limiter.close())
  return {
    acme: makeAcme(env, limiter),
    rest: makeRest(env, hub, readCaller(env)),
    console: makeConsole(env),
  }
}

/**
 * A process that only works tells how it is, and nothing else.
 * @returns the URL that it is reached by
 */
export async function listen(core: Core, role: Role, tls: TlsFiles, opened: Opened): Promise<string> {
  const { env, metrics, checks } = core
  const { config, log, trace } = env
  const drain = new Drain(config.http.drainSeconds)
  const hub = new Hub(env)
  const health = makeHealth(checks, metrics, log, drain)
  const faces = role === 'worker' ? { health } : { health, ...makeFaces(core, hub, opened) }
  const app = makeApp(faces, metrics, log, {
    trustedProxies: config.http.trustedProxies,
    ...(config.hasCollector && { trace: traceRequests(trace) }),
  })
  const server = createServer(
    { ...listenerOptions, ...tls, ...(await clientCertificates(config)), ...messagesOf(app) },
    app,
  )
  const url = await bind(server, config.listen)
  opened.add(() => drain.stopListening(server))
  // Listeners for events would never leave by themselves.
  opened.add(() => hub.close())
  opened.add(() => drain.begin())
  return url
}
