/** Servers from Debian: installs what is missing, starts them on free ports in folders of their own. */
import { execFile, spawn, spawnSync } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fail } from './setup.mjs'

/** Folders that are not on every PATH. */
function findProgram(name) {
  const versioned = existsSync('/usr/lib/postgresql')
    ? readdirSync('/usr/lib/postgresql').sort((a, b) => b - a)
    : []
  const folders = [
    ...process.env.PATH.split(':'),
    '/usr/sbin',
    ...versioned.map((version) => `/usr/lib/postgresql/${version}/bin`),
  ]
  return folders.map((folder) => join(folder, name)).find(existsSync)
}

/** One suite after the other, where several install. @returns whether apt-get went well */
function apt(...args) {
  const lock = join(tmpdir(), 'upki-apt.lock')
  const patient = ['-o', 'DPkg::Lock::Timeout=600']
  return (
    spawnSync('flock', [lock, 'apt-get', '-qq', '-y', ...patient, ...args], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    }).status === 0
  )
}

/** Ends the suite, saying what to do, when the packages cannot be installed. */
function install(packages) {
  console.log(`Installing from Debian: ${packages.join(', ')} …`)
  if (process.getuid?.() !== 0)
    fail(
      `This suite needs ${packages.join(', ')}. Install them (apt-get install ${packages.join(' ')}) and run it again.`,
    )
  const get = () => apt('install', '--no-install-recommends', ...packages)
  if (!(get() || (apt('update') && get()))) fail(`apt-get could not install ${packages.join(', ')}.`)
}

/**
 * @param programs what is needed, by program: the Debian package that has it
 * @returns the path of each program
 */
export function ensurePrograms(programs) {
  const missing = Object.entries(programs).filter(([program]) => !findProgram(program))
  if (missing.length > 0) install([...new Set(missing.map(([, name]) => name))])
  return Object.fromEntries(Object.keys(programs).map((program) => [program, findProgram(program)]))
}

/** For packages without a program: installs `name` when the file is not there. */
export function ensureFile(file, name) {
  if (!existsSync(file)) install([name])
}

/** @returns the library that sets the clock of the program it is loaded into */
export function ensureFaketime() {
  const find = () =>
    readdirSync('/usr/lib')
      .map((folder) => join('/usr/lib', folder, 'faketime', 'libfaketime.so.1'))
      .find(existsSync)
  const found = find()
  if (found) return found
  install(['libfaketime'])
  return find()
}

/** The browser of the console's tests, with a font that has Japanese: without one its pages are boxes. */
export function ensureChromium() {
  ensurePrograms({ chromium: 'chromium', 'fc-list': 'fontconfig' })
  const hasJapanese = () => spawnSync('fc-list', [':lang=ja', 'family']).stdout?.toString().trim() !== ''
  if (hasJapanese()) return
  console.log('Installing from Debian: fonts-ipafont-gothic …')
  const installed =
    process.getuid?.() === 0 && apt('install', '--no-install-recommends', 'fonts-ipafont-gothic')
  if (!installed) console.log('SKIPPED: no Japanese font could be installed; screenshots show boxes.')
}

// Below what the kernel gives to those that ask for any port (Linux from 32768, others from 49152):
// nobody is given one of these between the look and the start of the server it is for.
const [firstPort, ports] = [15_000, 17_000]

/** Holds a number for this process, until it ends: UDP's ports are not TCP's, and no two sockets hold the same. */
const holdPort = (port) =>
  new Promise((resolve) => {
    const holder = createSocket('udp4').unref()
    holder.once('error', () => resolve(false))
    holder.bind({ port, address: '127.0.0.1', exclusive: true }, () => resolve(true))
  })

const isFree = (port, host) =>
  new Promise((resolve) => {
    const server = createServer()
    // An address family that is not there keeps nobody from the port.
    server.once('error', ({ code }) => resolve(code !== 'EADDRINUSE' && code !== 'EACCES'))
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)))
  })

export async function freePort() {
  for (;;) {
    const port = firstPort + Math.floor(Math.random() * ports)
    if ((await holdPort(port)) && (await isFree(port, '0.0.0.0')) && (await isFree(port, '::'))) return port
  }
}

export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

/** @returns what the program printed, or undefined when it failed */
const outputOf = (program, args) =>
  new Promise((resolve) =>
    execFile(program, args, (error, stdout) => resolve(error ? undefined : String(stdout))),
  )

async function waitFor(what, child, isUp) {
  for (let tries = 0; tries < 300 && child.exitCode === null; tries++) {
    if (await isUp()) return
    await pause(100)
  }
  child.kill('SIGKILL')
  throw new Error(`${what} did not start`)
}

/** Direct children; PostgreSQL has one for each connection. */
function childrenOf(pid) {
  const file = `/proc/${pid}/task/${pid}/children`
  return existsSync(file) ? readFileSync(file, 'utf8').split(' ').filter(Boolean).map(Number) : []
}

function killIfThere(pid) {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended meanwhile, which is what was wanted.
  }
}

/** Starts a server; its process, and how to end it: by that, never by its name. */
function startServer(program, args, options = {}) {
  const child = spawn(program, args, { stdio: 'ignore', ...options })
  const end = (send) =>
    new Promise((resolve) => {
      if (child.exitCode !== null || child.signalCode !== null) return resolve()
      child.once('exit', resolve)
      send()
    })
  return {
    child,
    pid: child.pid,
    stop: () => end(() => child.kill('SIGINT')),
    /** As a crash of the machine: the server and its children at once, without warning. */
    kill: () => end(() => [child.pid, ...childrenOf(child.pid)].forEach(killIfThere)),
  }
}

/** Each setting, as Redis takes it on its command line. */
const redisSettings = (port, folder) =>
  Object.entries({
    '--port': port,
    '--bind': '127.0.0.1',
    '--dir': folder,
    '--appendonly': 'yes',
    '--maxmemory-policy': 'noeviction',
    '--save': '',
  }).flat()

/** In the same folder again it goes on with what it had. @param more later settings count; a sentinel takes none of ours */
export async function startRedis({ 'redis-server': server, 'redis-cli': cli }, folder, more = []) {
  const isSentinel = more.includes('--sentinel')
  const port = isSentinel ? Number(more.at(-1)) : await freePort()
  mkdirSync(folder, { recursive: true })
  const running = startServer(server, isSentinel ? more : [...redisSettings(port, folder), ...more])
  await waitFor('Redis', running.child, async () =>
    (await outputOf(cli, ['-p', port, 'ping']))?.startsWith('PONG'),
  )
  return { port, url: `redis://127.0.0.1:${port}`, ...running }
}

/** PostgreSQL refuses to run as root; then it runs as Debian's own user. */
function asUnprivileged(folder) {
  if (process.getuid?.() !== 0) return {}
  spawnSync('chown', ['-R', 'postgres', folder])
  const id = (flag) => Number(spawnSync('id', [flag, 'postgres']).stdout.toString())
  return { uid: id('-u'), gid: id('-g'), cwd: folder }
}

function makeCluster(initdb, folder, user) {
  const made = spawnSync(
    initdb,
    ['-D', join(folder, 'data'), '-U', 'upki', '-A', 'trust', '-E', 'UTF8', '--no-locale'],
    user,
  )
  if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr ?? made.error}`)
}

const postgresSettings = (settings) =>
  Object.entries({ max_connections: 200, ...settings }).flatMap(([name, value]) => ['-c', `${name}=${value}`])

/** In the same folder again it goes on with what it had. */
export async function startPostgres({ initdb, postgres, pg_isready: isReady }, folder, settings = {}) {
  const port = await freePort()
  mkdirSync(folder, { recursive: true })
  const user = asUnprivileged(folder)
  if (!existsSync(join(folder, 'data'))) makeCluster(initdb, folder, user)
  const running = startServer(
    postgres,
    [
      ...['-D', join(folder, 'data'), '-p', port, '-h', '127.0.0.1', '-k', folder],
      ...postgresSettings(settings),
    ],
    user,
  )
  await waitFor(
    'PostgreSQL',
    running.child,
    async () => (await outputOf(isReady, ['-h', '127.0.0.1', '-p', port])) !== undefined,
  )
  return {
    port,
    url: `postgresql://upki@127.0.0.1:${port}/postgres`,
    socketUrl: `postgresql://upki@/postgres?host=${encodeURIComponent(folder)}&port=${port}`,
    ...running,
  }
}

/** A copy of the primary that follows it. @param primary of startPostgres, running */
export async function startStandby(programs, folder, primary) {
  mkdirSync(folder, { recursive: true })
  const copied = spawnSync(
    programs.pg_basebackup,
    ['-D', join(folder, 'data'), '-R', '-X', 'stream', '-c', 'fast', '-d', primary.url],
    asUnprivileged(folder),
  )
  if (copied.status !== 0) throw new Error(`pg_basebackup failed: ${copied.stderr ?? copied.error}`)
  return startPostgres(programs, folder)
}
