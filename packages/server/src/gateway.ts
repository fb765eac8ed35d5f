/** The wiring: opens the core, joins the faces, listens. Known only to main and to tests. */
import { bootstrap } from './bootstrap.js'
import { type Config, ConfigError } from './config.js'
import { makeLink } from './console/session/link.js'
import { type Core, openCore, type Role } from './core.js'
import { ensureTls, type TlsFiles } from './http/tls.js'
import type { Environment } from './issuance/ports/environment.js'
import { listen } from './listen.js'
import { makeLogger } from './logger.js'
import { Opened } from './opened.js'
import { hasAnybodySignedIn } from './store/sessions.js'

export interface Gateway {
  url: string
  env: Environment
  /** A sign-in link, until anybody has signed in to the console: how the first operator gets in. */
  firstLink(): Promise<string | undefined>
  /** Stops listening, lets running requests and jobs end, closes everything. */
  close(): Promise<void>
}

function checkRole({ databaseUrl }: Config, role: Role): void {
  if (role === 'all' || databaseUrl !== undefined) return
  throw new ConfigError(`The role ${role} needs UPKI_DATABASE_URL: the embedded store takes one process only`)
}

/** What the first of several processes that start at once makes for all. */
const prepare = ({ env, store }: Core): Promise<TlsFiles> =>
  store.alone(async () => {
    await bootstrap(env)
    return ensureTls(env.config.dataDirectory, env.config.listen.host)
  })

const firstLinkAt = ({ env }: Core, role: Role, url: string): Gateway['firstLink'] => {
  const { config, db, vault } = env
  return async () =>
    role === 'worker' || (await hasAnybodySignedIn(db))
      ? undefined
      : makeLink(vault, config.console.externalUrl ?? url, { now: env.now() })
}

/** @throws ConfigError when the configuration does not allow the role; when a part does not open, after closing the others */
export async function startGateway(
  config: Config,
  log = makeLogger(config),
  role: Role = 'all',
): Promise<Gateway> {
  checkRole(config, role)
  const opened = new Opened()
  try {
    const core = await openCore(config, log, role, opened)
    const url = await listen(core, role, await prepare(core), opened)
    if (role !== 'api') await core.jobs.start(core.env)
    return { url, env: core.env, firstLink: firstLinkAt(core, role, url), close: opened.close }
  } catch (error) {
    await opened.close()
    throw error
  }
}
