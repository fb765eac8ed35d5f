/**
 * One machine's worth of a test: a configuration tree, a real nginx or Apache
 * started on it with a prefix and ports of its own, the client with directories
 * of its own, and a small ACME server.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { connect, type PeerCertificate } from 'node:tls'
import { connect as connectTcp } from 'node:net'
import { freePort } from '../../../scripts/debian.mjs'
import { AcmeServer } from '../../../packages/client/src/testing/acme-server.js'

export interface Tree {
  name: string
  /** Path below the root to content; `@ROOT@`, `@HTTP@`, `@HTTPS@` and `@OTHER@` (a third port) are filled in. */
  files: Record<string, string>
  /** Bytes, for what is not UTF-8. */
  binaries?: Record<string, Buffer>
  links?: Record<string, string>
  /** For the server's program. */
  env?: Record<string, string>
  /** Where it answers; 127.0.0.1 when absent. */
  host?: string
  /** Names of the certificate; www.example.ac.jp alone when absent. */
  names?: string[]
  /** Further options of the client. */
  options?: string[]
  /** What the client says when it refuses. */
  refused?: RegExp
  /** The server cannot start with it. */
  broken?: boolean
  /** More to look at while the new certificate is there. */
  also?: (machine: Machine) => Promise<void>
}

/** Who runs the client, where, which copy of it, and with whose directories. */
interface RunAs {
  uid?: number
  gid?: number
  cwd?: string
  program?: string
  clientFolder?: string
}

const bundle = fileURLToPath(new URL('../../../packages/client/dist/upki-client.js', import.meta.url))

/** For `obtain`, where the kind of the key is not the point: an RSA key, the client's default, takes its time to make. */
export const quickKey = ['--key-type', 'p384'] as const

/** A loaded machine takes its time; one that gives up is seen at once. */
const startMs = 60_000

export interface Ended {
  status: number | null
  signal: string | null
  stdout: string
  stderr: string
}

export class Machine {
  readonly folder = mkdtempSync(join(tmpdir(), 'upki 設置 '))
  /** Without blanks: Apache's ServerRoot and nginx's prefix are ordinary. */
  readonly root = mkdtempSync(join(tmpdir(), 'upki-tree-'))
  readonly clientFolder = join(this.folder, 'client')
  private server?: ChildProcess
  private constructor(
    readonly kind: 'nginx' | 'apache',
    readonly tree: Tree,
    readonly ports: { http: number; https: number; other: number },
    private readonly authority: AcmeServer | readonly string[],
  ) {}

  /** @param serverOptions of the client, for an ACME server that runs already; without them a small one is started */
  static async create(
    kind: 'nginx' | 'apache',
    tree: Tree,
    serverOptions?: readonly string[],
  ): Promise<Machine> {
    const ports = { http: await freePort(), https: await freePort(), other: await freePort() }
    const machine = new Machine(kind, tree, ports, serverOptions ?? (await AcmeServer.start()))
    machine.writeTree()
    if (!tree.broken) await machine.startServer()
    return machine
  }

  get names(): string[] {
    return this.tree.names ?? ['www.example.ac.jp']
  }

  get host(): string {
    return this.tree.host ?? '127.0.0.1'
  }

  fill = (text: string) =>
    text
      .replaceAll('@ROOT@', this.root)
      .replaceAll('@HTTP@', String(this.ports.http))
      .replaceAll('@HTTPS@', String(this.ports.https))
      .replaceAll('@OTHER@', String(this.ports.other))

  private writeTree(): void {
    for (const folder of ['logs', 'tmp', 'html']) mkdirSync(join(this.root, folder))
    makeOldCertificate(this.root)
    const { files, binaries = {}, links = {}, env = {} } = this.tree
    for (const [path, content] of Object.entries(files)) this.write(path, Buffer.from(this.fill(content)))
    for (const [path, content] of Object.entries(binaries))
      this.write(path, Buffer.from(this.fill(content.toString('latin1')), 'latin1'))
    for (const [path, target] of Object.entries(links)) {
      mkdirSync(dirname(join(this.root, path)), { recursive: true })
      symlinkSync(this.fill(target), join(this.root, path))
    }
    const exported = Object.entries(env).map(([name, value]) => `export ${name}='${this.fill(value)}'\n`)
    writeFileSync(this.ctl, `#!/bin/sh\n${exported.join('')}exec ${this.command} "$@"\n`)
    chmodSync(this.ctl, 0o755)
    chmodSync(this.root, 0o755)
  }

  private write(path: string, content: Buffer): void {
    mkdirSync(dirname(join(this.root, path)), { recursive: true })
    writeFileSync(join(this.root, path), content)
  }

  /** Outside the tree: it is ours. */
  get ctl(): string {
    return join(this.folder, 'ctl')
  }

  get command(): string {
    return this.kind === 'nginx'
      ? `nginx -p ${this.root}/ -c ${this.root}/nginx.conf -e ${this.root}/logs/error.log`
      : `apache2 -d ${this.root} -f ${this.root}/apache2.conf`
  }

  async startServer(): Promise<void> {
    const args = this.kind === 'nginx' ? ['-g', 'daemon off;'] : ['-D', 'FOREGROUND']
    const tested = spawnSync(this.ctl, ['-t'], { encoding: 'utf8' })
    if (tested.status !== 0) throw new Error(`${this.tree.name}: the fixture is not good: ${tested.stderr}`)
    this.server = spawn(this.ctl, args, { stdio: 'ignore' })
    await this.untilServing(this.server)
  }

  /**
   * A port that answers does not show that it is this server: another program may have it, and this
   * one be about to give up. So its process id must be in its pid file too.
   */
  private async untilServing(server: ChildProcess): Promise<void> {
    const end = performance.now() + startMs
    while (!(this.pids().includes(server.pid) && (await isOpen(this.ports.http, this.host)))) {
      if (server.exitCode !== null || server.signalCode !== null || performance.now() > end)
        throw new Error(`${this.tree.name}: the server did not start: ${this.serverLog()}`)
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }

  private pids(): (number | undefined)[] {
    const logs = join(this.root, 'logs')
    const files = readdirSync(logs).filter((name) => name.endsWith('.pid'))
    return files.map((name) => Number(readFileSync(join(logs, name), 'utf8')))
  }

  private serverLog(): string {
    const logs = join(this.root, 'logs')
    const files = readdirSync(logs).filter((name) => name.includes('error'))
    return files.map((name) => readFileSync(join(logs, name), 'utf8').slice(-2000)).join('\n')
  }

  /** Runs the client to its end. */
  client(
    args: readonly string[],
    env: Record<string, string> = {},
    { clientFolder = this.clientFolder, program = bundle, ...as }: RunAs = {},
  ): Promise<Ended> {
    const child = spawn(process.execPath, [program, ...args, '--config-dir', clientFolder], {
      ...as,
      env: { PATH: process.env.PATH, LANG: 'C', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const ended: Ended = { status: null, signal: null, stdout: '', stderr: '' }
    child.stdout.on('data', (data: Buffer) => (ended.stdout += data.toString()))
    child.stderr.on('data', (data: Buffer) => (ended.stderr += data.toString()))
    return new Promise((resolve) =>
      child.once('close', (status, signal) => resolve({ ...ended, status, signal })),
    )
  }

  get installerOptions(): string[] {
    const { options = [] } = this.tree
    const ctl = this.kind === 'nginx' ? ['--nginx', '--nginx-ctl'] : ['--apache', '--apache-ctl']
    return [...ctl, this.ctl, '--https-port', String(this.ports.https), ...options.map(this.fill)]
  }

  /** The small ACME server of this machine. */
  get acme(): AcmeServer {
    if (this.authority instanceof AcmeServer) return this.authority
    throw new Error('This machine uses an ACME server of others')
  }

  private get serverOptions(): readonly string[] {
    return this.authority instanceof AcmeServer
      ? ['--server', this.authority.directoryUrl, '--allow-http']
      : this.authority
  }

  private get orderingOptions(): string[] {
    return [...this.names.flatMap((name) => ['-d', name]), '--cert-name', 'site', ...this.serverOptions]
  }

  obtain = (...args: string[]) => this.client(['certonly', ...this.orderingOptions, ...args])
  /** One more certificate. */
  obtainOther = (name: string) => this.client(['certonly', '-d', name, ...this.serverOptions])
  /** Obtains and installs. */
  run = () => this.client(['run', ...this.orderingOptions, ...this.installerOptions])

  install = (env?: Record<string, string>) =>
    this.client(['install', '--cert-name', 'site', ...this.installerOptions], env)
  /** As another user, with directories of that user's, who need not be able to read where the tests lie. */
  installAs(uid: number, clientFolder: string): Promise<Ended> {
    chmodSync(this.folder, 0o755)
    const copy = join(this.folder, 'program')
    cpSync(dirname(bundle), copy, { recursive: true })
    return this.client(
      ['install', '--cert-name', 'site', ...this.installerOptions],
      {},
      { uid, gid: uid, cwd: this.folder, program: join(copy, basename(bundle)), clientFolder },
    )
  }
  renew = (...args: string[]) =>
    this.client(['renew', '--force-renewal', '--cert-name', 'site', '--no-random-sleep-on-renew', ...args])
  rollback = (...args: string[]) => this.client(['rollback', ...args])

  /** Upper-case hexadecimal serial of what is live. */
  async liveSerial(): Promise<string> {
    const { status, stdout, stderr } = await this.client(['certificates', '--json'])
    if (status !== 0) throw new Error(`certificates ended with ${status}: ${stderr}`)
    return (JSON.parse(stdout) as { certificates: { serial: string }[] }).certificates[0]!.serial
  }

  /** The certificate a name is answered with, now. */
  shown(name = this.names[0]!, port = this.ports.https): Promise<PeerCertificate> {
    return new Promise((resolve, reject) => {
      const { host } = this
      const socket = connect({ host, port, servername: name, rejectUnauthorized: false }, () => {
        resolve(socket.getPeerCertificate())
        socket.destroy()
      })
      socket.on('error', reject)
    })
  }

  /** Whether a client that trusts this root alone accepts what it is shown for the name. */
  isTrusted(name: string, ca: Buffer): Promise<boolean> {
    return new Promise((resolve) => {
      const socket = connect({ host: this.host, port: this.ports.https, servername: name, ca }, () => {
        resolve(socket.authorized)
        socket.destroy()
      })
      socket.on('error', () => resolve(false))
    })
  }

  /** Every file of the tree but logs: mode, bytes, target of links. */
  snapshot(folder = this.root): Record<string, string> {
    const found: Record<string, string> = {}
    for (const name of readdirSync(folder)) {
      const path = join(folder, name)
      if (['logs', 'tmp'].includes(name) && folder === this.root) continue
      const stats = lstatSync(path)
      if (stats.isDirectory()) Object.assign(found, this.snapshot(path))
      else
        found[path] = stats.isSymbolicLink()
          ? `-> ${readlinkSync(path)}`
          : `${stats.mode.toString(8)} ${stats.uid} ${readFileSync(path, 'latin1')}`
    }
    return found
  }

  async stop(): Promise<void> {
    await this.stopServer()
    if (this.authority instanceof AcmeServer) await this.authority.stop()
    rmSync(this.folder, { recursive: true, force: true })
    rmSync(this.root, { recursive: true, force: true })
  }

  async stopServer(): Promise<void> {
    const child = this.server
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGTERM')
    await ended
  }
}

function isOpen(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connectTcp({ host, port }, () => {
      socket.destroy()
      resolve(true)
    })
    socket.on('error', () => resolve(false))
  })
}

/** The pair that sites have before: self-signed, made for this run. */
function makeOldCertificate(root: string): void {
  const file = (name: string) => join(root, name)
  const made = spawnSync('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '30'],
    ...['-subj', '/CN=old', '-keyout', file('old.key'), '-out', file('old.pem')],
  ])
  if (made.status !== 0) throw new Error(`openssl: ${made.stderr.toString()}`)
}
