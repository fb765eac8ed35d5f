/**
 * A whole installation, as in production: PostgreSQL and Redis, two API and four worker processes, the simulator
 * as issuance system; every process reaches every other over a link of its own that can be disturbed.
 */
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Agent, fetch } from 'undici'
import {
  ensureFaketime,
  ensurePrograms,
  type Server,
  startPostgres,
  startRedis,
  startStandby,
} from '../../../scripts/debian.mjs'
import { type Program, startGateway, startSimulator } from '../../../scripts/processes.mjs'
import { makeDirectory, removeDirectory } from '../../support/system.js'
import { Link } from './link.js'
import { Part, type Running } from './part.js'

const programs = {
  'redis-server': 'redis-server',
  'redis-cli': 'redis-tools',
  postgres: 'postgresql',
  initdb: 'postgresql',
  pg_isready: 'postgresql-client',
  pg_basebackup: 'postgresql-client',
  pg_dump: 'postgresql-client',
  pg_restore: 'postgresql-client',
}

export interface PlantOptions {
  apis: number
  workers: number
  knobs: Record<string, unknown>
  logLevel?: string
  drainSeconds?: number
  /** Whether the clock of each gateway process can be set wrong. */
  hasClocks?: boolean
  /** A second database server, which every commit of the first waits for. The gateways know both, by no link. */
  hasStandby?: boolean
}

/** Shorter than in production, longer than any disturbance here: what a stalled network delivers late must not surprise. */
const SETTLE_SECONDS = 12
const LEASE_SECONDS = 6

const portOf = ({ url }: Program): number => Number(new URL(url).port)

function runningOf(program: Program): Running {
  const { child } = program
  const ended = child.exitCode === null ? once(child, 'exit') : Promise.resolve()
  const end = async (signal: 'SIGKILL' | 'SIGTERM') => {
    child.kill(signal)
    await ended
    return child.exitCode
  }
  return { port: portOf(program), kill: () => end('SIGKILL'), stop: () => end('SIGTERM'), ended }
}

const serverOf = (server: Server): Running => ({
  port: server.port,
  kill: () => server.kill(),
  stop: () => server.stop().then(() => 0),
  ended: once(server.child, 'exit'),
})

export class Plant {
  readonly directory = makeDirectory()
  readonly logs = join(this.directory, 'logs')
  readonly parts = new Map<string, Part>()
  readonly links = new Map<string, Link>()
  #programs = ensurePrograms(programs)
  readonly #faketime: string | undefined

  private constructor(private readonly options: PlantOptions) {
    // PostgreSQL runs as a user of its own, who has to get at its folder.
    chmodSync(this.directory, 0o755)
    mkdirSync(this.logs)
    if (options.hasClocks) this.#faketime = ensureFaketime()
  }

  /** Everything started, at once where it can be. */
  static async start(options: PlantOptions): Promise<Plant> {
    const plant = new Plant(options)
    try {
      await plant.#start()
      return plant
    } catch (error) {
      await plant.close()
      throw error
    }
  }

  async #start(): Promise<void> {
    const { directory, options } = this
    const settings: Record<string, string> = options.hasStandby ? { synchronous_standby_names: '*' } : {}
    this.#add('postgres', async () =>
      serverOf(await startPostgres(this.#programs, join(directory, 'postgres'), settings)),
    )
    this.#add('redis', async () => serverOf(await startRedis(this.#programs, join(directory, 'redis'))))
    this.#add('simulator', () => this.#startSimulator())
    await this.#up('postgres', 'redis', 'simulator')
    if (options.hasStandby) await this.#startStandby()
    const gateways = [
      ...Array.from({ length: options.apis }, (_, index) => `api-${index}`),
      ...Array.from({ length: options.workers }, (_, index) => `worker-${index}`),
    ]
    for (const name of gateways) await this.#addGateway(name)
    await this.#up(...gateways)
  }

  async #startStandby(): Promise<void> {
    const folder = join(this.directory, 'standby')
    const primary = { url: this.databaseUrl('postgres') }
    this.#add('standby', async () => serverOf(await startStandby(this.#programs, folder, primary)))
    await this.#up('standby')
  }

  #add(name: string, start: () => Promise<Running>): void {
    this.parts.set(name, new Part(name, start))
  }

  #up = (...names: string[]) => Promise.all(names.map((name) => this.part(name).up()))

  part(name: string): Part {
    const part = this.parts.get(name)
    if (!part) throw new Error(`there is no part ${name}`)
    return part
  }

  /** What the programs say goes to a file of each, over all its lives. */
  #log = (name: string): number => openSync(join(this.logs, `${name}.log`), 'a')

  async #startSimulator(): Promise<Running> {
    const args = ['--knobs', JSON.stringify(this.options.knobs)]
    const stderr = this.#log('simulator')
    return runningOf(
      await startSimulator(this.directory, { env: process.env, stdout: 'ignore', stderr, args }),
    )
  }

  async #addGateway(name: string): Promise<void> {
    const role = name.startsWith('api') ? 'api' : 'worker'
    for (const other of ['postgres', 'redis', 'simulator']) await this.#link(name, other)
    this.#add(name, async () => {
      const env = { ...process.env, ...this.environmentOf(name), ...this.#clockOf(name) }
      return runningOf(await startGateway({ role, env, stdout: 'ignore', stderr: this.#log(name) }))
    })
    if (role === 'api') await this.#link('clients', name)
  }

  /** Those whose clock can be set. */
  withClocks(): string[] {
    return [...this.parts.keys()].filter((name) => /^(api|worker)-/.test(name))
  }

  #clockFile = (name: string): string => join(this.directory, `${name}.clock`)

  /** Ahead of the machine's, or behind it; the program notices within a second, also when it is started again. */
  setClock(name: string, aheadSeconds: number): void {
    const file = this.#clockFile(name)
    // Never half of it.
    writeFileSync(`${file}.new`, `${aheadSeconds < 0 ? '' : '+'}${aheadSeconds}\n`)
    renameSync(`${file}.new`, file)
  }

  /** Timers go on undisturbed, as they do when a machine's clock is set. */
  #clockOf(name: string): Record<string, string> {
    if (this.#faketime === undefined) return {}
    if (!existsSync(this.#clockFile(name))) this.setClock(name, 0)
    return {
      ...{ LD_PRELOAD: this.#faketime, FAKETIME_TIMESTAMP_FILE: this.#clockFile(name) },
      ...{ FAKETIME_DONT_FAKE_MONOTONIC: '1', FAKETIME_CACHE_DURATION: '1' },
    }
  }

  async #link(from: string, to: string): Promise<void> {
    const name = `${from} to ${to}`
    this.links.set(name, await Link.open(name, () => this.part(to).port))
  }

  portTo(from: string, to: string): number {
    return this.links.get(`${from} to ${to}`)!.port
  }

  /** Of each API process, past all links; one that is down refuses. */
  apiOrigins(): string[] {
    return [...this.parts.values()]
      .filter(({ name }) => name.startsWith('api'))
      .map(({ lastPort }) => `https://127.0.0.1:${lastPort}`)
  }

  /** Past all links. */
  databaseUrl(database: string, server: 'postgres' | 'standby' = 'postgres'): string {
    return `postgresql://upki@127.0.0.1:${this.part(server).port}/${database}`
  }

  environmentOf(name: string): Record<string, string> {
    return {
      UPKI_DATA_DIR: this.directory,
      UPKI_LISTEN: '127.0.0.1:0',
      UPKI_LOG_LEVEL: this.options.logLevel ?? 'debug',
      UPKI_CONFIG: this.#writeConfiguration(name),
      UPKI_DATABASE_URL: this.#databaseUrlOf(name),
      UPKI_REDIS_URL: `redis://127.0.0.1:${this.portTo(name, 'redis')}`,
    }
  }

  /** The standby stands first: it is no primary yet. */
  #databaseUrlOf(name: string): string {
    const hosts = this.options.hasStandby
      ? ['standby', 'postgres'].map((part) => `127.0.0.1:${this.part(part).lastPort}`).join(',')
      : `127.0.0.1:${this.portTo(name, 'postgres')}`
    return `postgresql://upki@${hosts}/postgres?target_session_attrs=read-write`
  }

  /** As the built-in configuration, with the issuance system at the end of this process's own link. */
  #writeConfiguration(name: string): string {
    const login = JSON.parse(readFileSync(join(this.directory, 'simulator.json'), 'utf8')) as object
    const url = `https://127.0.0.1:${this.portTo(name, 'simulator')}`
    writeFileSync(join(this.directory, `${name}.json`), JSON.stringify({ ...login, url }), { mode: 0o600 })
    const file = join(this.directory, `${name}.yaml`)
    // JSON is YAML.
    writeFileSync(
      file,
      JSON.stringify({
        organisations: [
          {
            ...{ id: 'example', organizationName: 'Example University', locality: 'Chiyoda-ku' },
            ...{ stateOrProvince: 'Tokyo', domains: ['example.ac.jp'], issuanceSystem: 'simulator' },
          },
        ],
        issuanceSystems: [
          {
            ...{ id: 'simulator', adapter: 'screens', credentialsFile: `${name}.json` },
            chainFiles: ['rsa', 'ecc'].map((key) => join(this.directory, 'simulator', `chain-${key}.pem`)),
            ...{ reportIntervalSeconds: 1, uploadTimeoutSeconds: 60, leaseSeconds: LEASE_SECONDS },
            ...{ settleSeconds: SETTLE_SECONDS, resubmitAfterProof: true },
          },
        ],
        batching: { maxAgeSeconds: 0 },
        http: { drainSeconds: this.options.drainSeconds ?? 0 },
        acme: {
          rateLimits: { newOrdersPerAccountPerHour: null, newOrdersPerOrganisationPerHour: null },
        },
      }),
    )
    return file
  }

  /** With the operator's certificate, past all links. */
  async askSimulator(path: string): Promise<unknown> {
    const login = JSON.parse(readFileSync(join(this.directory, 'simulator.json'), 'utf8')) as Record<
      'url' | 'certFile' | 'keyFile' | 'caFile',
      string
    >
    const [cert, key, ca] = [login.certFile, login.keyFile, login.caFile].map((file) => readFileSync(file))
    const dispatcher = new Agent({ connect: { cert, key, ca } })
    const response = await fetch(new URL(path, login.url), { dispatcher })
    return response.json().finally(() => dispatcher.destroy())
  }

  /** Stops everything, whatever state it is in. */
  async close(): Promise<void> {
    await Promise.all([...this.parts.values()].map((part) => part.kill()))
    await Promise.all([...this.links.values()].map((link) => link.close()))
    removeDirectory(this.directory)
  }
}
