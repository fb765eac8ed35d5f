/** The gateway and its simulator on a PostgreSQL of their own, with fsync on; beside Debian's pebble if wanted. */
import { chmodSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ensurePrograms, startPostgres } from '../../../scripts/debian.mjs'
import { makeDirectory, removeDirectory, startIn, type TestSystem } from '../../support/system.js'
import type { EabCredential } from './account-signer.js'
import type { Target } from './load-client.js'
import { type Pebble, startPebble } from './pebble.js'

export interface GatewayOnPostgres {
  system: TestSystem
  databaseUrl: string
  /** Whose processor time an issuance takes: process ids by name. */
  pids: Record<string, number>
  /** On the disk that PostgreSQL writes to. */
  directory: string
  stop(): Promise<void>
}

const server = { initdb: 'postgresql', postgres: 'postgresql', pg_isready: 'postgresql-client' }

export async function startGatewayOnPostgres(): Promise<GatewayOnPostgres> {
  const programs = ensurePrograms(server)
  const directory = makeDirectory()
  // PostgreSQL runs as a user of its own, who has to get at its folder.
  chmodSync(directory, 0o755)
  const closing: (() => Promise<void>)[] = [() => Promise.resolve(removeDirectory(directory))]
  const stop = async () => {
    for (const close of closing) await close()
  }
  try {
    const postgres = await startPostgres(programs, join(directory, 'postgres'))
    closing.unshift(() => postgres.stop())
    // As on one machine in production (docs/operations.md, "Processes").
    const env = { UPKI_DATABASE_URL: postgres.socketUrl, UPKI_LOG_LEVEL: 'warn', UPKI_CHECK_ANSWERS: 'off' }
    const system = await startIn(directory, env)
    closing.unshift(() => system.stop())
    const [simulator, gateway] = system.programs.map(({ child }) => child.pid!)
    const pids = { gateway: gateway!, PostgreSQL: postgres.pid, simulator: simulator!, load: process.pid }
    return { system, databaseUrl: postgres.socketUrl, pids, directory, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

export const targetOf = ({ url, directory }: TestSystem): Target => ({
  directoryUrl: `${url}/acme/directory`,
  ca: readFileSync(join(directory, 'ca.pem'), 'utf8'),
  eab: JSON.parse(readFileSync(join(directory, 'eab.json'), 'utf8')) as EabCredential,
})

/** A fresh pebble for each load: once it has left a question without answer, it answers nobody any more. */
export async function withPebble<T>(directory: string, work: (pebble: Pebble) => Promise<T>): Promise<T> {
  const pebble = await startPebble(ensurePrograms({ pebble: 'pebble' }).pebble, directory)
  try {
    return await work(pebble)
  } finally {
    await pebble.stop()
  }
}
