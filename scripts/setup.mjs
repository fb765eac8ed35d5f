/**
 * Brings a clone to a runnable state with Node.js and npm alone: dependencies by
 * `npx pnpm`, then a build; each is skipped while its inputs have not changed.
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  accessSync,
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = dirname(dirname(fileURLToPath(import.meta.url)))
const PNPM = 'pnpm@12.21.0'
const stampDirectory = join(root, 'node_modules', '.upki')

/** Ends with a sentence a person can act on, instead of a stack trace. */
export function fail(message) {
  console.error(`\n${message}`)
  process.exit(1)
}

/** Runs a program from the root with its output shown; ends this process when it fails. */
export function run(command, args, options = {}) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit', ...options })
  if (error) fail(`${command} could not be started: ${error.message}`)
  if (status !== 0) process.exit(status ?? 1)
}

/** Runs a program that `pnpm install` put into node_modules. */
export function runBin(name, args, options = {}) {
  run(join(root, 'node_modules', '.bin', name), args, { shell: process.platform === 'win32', ...options })
}

export function checkMachine() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major < 20 || (major === 20 && minor < 19))
    fail(`Node.js 20.19 or later is needed; this is ${process.version}.`)
  try {
    accessSync(root, constants.W_OK)
  } catch {
    fail(
      `${root} is read-only. Clone to a folder you can write to: the build puts node_modules and dist there.`,
    )
  }
}

/** Folders and files that a build makes: they decide nothing, and are not there before the first one. */
const made = ['node_modules', 'dist', 'build', 'api-types.ts']

/** Hash of every file that decides the outcome of a step. */
function fingerprint(paths) {
  const hash = createHash('sha256').update(process.version)
  const visit = (path) => {
    if (!existsSync(path)) return
    for (const entry of readdirSync(path, { withFileTypes: true }).sort((a, b) =>
      a.name < b.name ? -1 : 1,
    )) {
      if (made.includes(entry.name)) continue
      const child = join(path, entry.name)
      if (entry.isDirectory()) visit(child)
      else hash.update(child).update(readFileSync(child))
    }
  }
  for (const path of paths) {
    const full = join(root, path)
    if (!existsSync(full)) continue
    if (/\.[a-z]+$/.test(path)) hash.update(path).update(readFileSync(full))
    else visit(full)
  }
  return hash.digest('hex')
}

function once(name, mark, work) {
  const stamp = join(stampDirectory, name)
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === mark) return
  work()
  mkdirSync(stampDirectory, { recursive: true })
  writeFileSync(stamp, mark)
}

const manifests = () => [
  'package.json',
  'pnpm-lock.yaml',
  'pnpm-workspace.yaml',
  'test/package.json',
  ...readdirSync(join(root, 'packages')).map((name) => `packages/${name}/package.json`),
]

export function install() {
  once('install', fingerprint(manifests()), () => {
    console.log('Installing dependencies (about a minute the first time) …')
    run('npx', ['--yes', PNPM, 'install', '--frozen-lockfile', '--reporter=append-only', '--loglevel=warn'], {
      shell: process.platform === 'win32',
    })
  })
}

export function build() {
  const inputs = ['packages', 'openapi', 'scripts', 'tsconfig.json', 'tsconfig.base.json', ...manifests()]
  once('build', fingerprint(inputs), () => {
    console.log('Building …')
    buildAlways()
  })
}

function buildAlways() {
  const types = 'packages/server/src/rest/api-types.ts'
  runBin('openapi-typescript', ['openapi/openapi.yaml', '-o', types], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  copyFileSync(join(root, types), join(root, 'packages/console/src/api/api-types.ts'))
  runBin('tsc', ['-b'])
  run(process.execPath, [join(root, 'scripts', 'bundle-client.mjs')])
  buildConsole()
}

/** Vite belongs to the console alone. */
function buildConsole() {
  const cwd = join(root, 'packages', 'console')
  run(process.execPath, [join(cwd, 'node_modules', 'vite', 'bin', 'vite.js'), 'build'], { cwd })
}

export function setUp() {
  checkMachine()
  install()
  build()
}
