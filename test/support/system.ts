/** The real programs, as `npm start` runs them, in a directory of their own. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Agent, fetch, type RequestInit, type Response } from 'undici'
import type { KnobChanges } from '../../packages/simulator/src/knobs/knobs.js'
import { placeStore } from '../../packages/server/src/testing/store-template.js'
import { type Program, startGateway, startSystem, type System } from '../../scripts/processes.mjs'
import { type Times, writeConfiguration } from './configuration.js'
import { servicesFor } from './services.js'

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

/** A gateway that runs, whoever started it. */
export interface Reached {
  url: string
  directory: string
  /** REST call with the operator's token. */
  call(path: string, init?: RequestInit): Promise<Response>
}

export interface TestSystem extends System, Reached {
  /** Call of the simulator with the operator's client certificate. */
  simulator(path: string, init?: RequestInit): Promise<Response>
  /** Changes what the simulator does from now on: docs/issuance-system.md, "Knobs". */
  turnKnobs(knobs: KnobChanges): Promise<Response>
  /** Ends the gateway or the simulator without warning. */
  kill(name: 'gateway' | 'simulator'): Promise<void>
}

const silent = {
  UPKI_CHECK_ANSWERS: 'on',
  UPKI_LOG_LEVEL: process.env.UPKI_TEST_LOG ?? 'silent',
  UPKI_LISTEN: '127.0.0.1:0',
  UPKI_CONFIG: '',
  UPKI_DATABASE_URL: '',
  UPKI_REDIS_URL: '',
}

function callerOf(url: string, directory: string): TestSystem['call'] {
  const dispatcher = new Agent({ connect: { ca: readFileSync(join(directory, 'ca.pem')) } })
  const token = readFileSync(join(directory, 'operator.token'), 'utf8').trim()
  return (path, init = {}) =>
    fetch(url + path, {
      ...init,
      dispatcher,
      headers: {
        authorization: `Bearer ${token}`,
        ...(init.body ? { 'content-type': 'application/json' } : {}),
        ...(init.headers as Record<string, string>),
      },
    })
}

export const reach = (url: string, directory: string): Reached => ({
  url,
  directory,
  call: callerOf(url, directory),
})

/** Calls the simulator of this data directory with the operator's client certificate. */
function simulatorCallerOf(directory: string): TestSystem['simulator'] {
  return (path, init = {}) => {
    const login = JSON.parse(readFileSync(join(directory, 'simulator.json'), 'utf8')) as Record<
      'url' | 'certFile' | 'keyFile' | 'caFile',
      string
    >
    const [cert, key, ca] = [login.certFile, login.keyFile, login.caFile].map((file) => readFileSync(file))
    const dispatcher = new Agent({ connect: { cert, key, ca } })
    return fetch(new URL(path, login.url), {
      ...init,
      dispatcher,
      headers: { ...(init.body ? { 'content-type': 'application/json' } : {}) },
    })
  }
}

/** Ends a program without warning; resolves when it is gone. */
export const kill = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve()
    child.once('exit', () => resolve())
    child.kill('SIGKILL')
  })

const killer =
  ({ programs }: System): TestSystem['kill'] =>
  async (name) => {
    const child = programs.find((program) => program.name.includes(name))?.child
    if (child) await kill(child)
  }

/**
 * Starts in `directory`, on the servers of the suite if it has any; the same directory again is a restart.
 * @param times of the built-in configuration; without them those it has
 */
export async function startIn(
  directory: string,
  env: Record<string, string> = {},
  times?: Times,
): Promise<TestSystem> {
  const settings = { ...silent, ...(await servicesFor(directory)), ...env, UPKI_DATA_DIR: directory }
  if (!settings.UPKI_DATABASE_URL) await placeStore(directory)
  const withSimulator = !settings.UPKI_CONFIG
  if (times) settings.UPKI_CONFIG = writeConfiguration(directory, times)
  const system = await startSystem({
    env: { ...process.env, ...settings },
    stdout: 'ignore',
    withSimulator,
  })
  const simulator = simulatorCallerOf(directory)
  return {
    ...system,
    ...reach(system.url, directory),
    simulator,
    turnKnobs: (knobs) => simulator('/simulator/knobs', { method: 'POST', body: JSON.stringify(knobs) }),
    kill: killer(system),
  }
}

/** One more process of the gateway of this directory; needs the servers of the services suite. */
export async function startMore(
  directory: string,
  role: 'api' | 'worker',
  more: Record<string, string> = {},
): Promise<Program & { call: TestSystem['call'] }> {
  const services = await servicesFor(directory)
  const env = { ...process.env, ...silent, ...services, ...more, UPKI_DATA_DIR: directory }
  const program = await startGateway({ role, env, stdout: 'ignore' })
  return { ...program, call: callerOf(program.url, directory) }
}

export const makeDirectory = (): string => mkdtempSync(join(tmpdir(), 'upki-test-'))

export const removeDirectory = (directory: string): void =>
  rmSync(directory, { recursive: true, force: true, maxRetries: 5 })

export interface Outcome {
  code: number | null
  stdout: string
  stderr: string
}

/** Runs the built client to its end. */
export function runClient(
  args: readonly string[],
  options: { signal?: AbortSignal; env?: Record<string, string>; input?: string } = {},
): Promise<Outcome> {
  const file = join(root, 'packages', 'client', 'dist', 'upki-client.js')
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [file, ...args], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, ...options.env },
      signal: options.signal,
      killSignal: 'SIGKILL',
    })
    child.stdin.on('error', () => undefined).end(options.input)
    const outcome: Outcome = { code: null, stdout: '', stderr: '' }
    child.stdout.on('data', (data: Buffer) => (outcome.stdout += data.toString()))
    child.stderr.on('data', (data: Buffer) => (outcome.stderr += data.toString()))
    child.on('error', (error) => (error.name === 'AbortError' ? undefined : reject(error)))
    child.on('close', (code) => resolve({ ...outcome, code }))
  })
}

/** Asks until the answer is as wanted. @throws after `seconds`, with the last answer */
export async function until<T>(
  ask: () => Promise<T>,
  isWanted: (answer: T) => boolean,
  seconds = 60,
): Promise<T> {
  const end = Date.now() + seconds * 1000
  for (;;) {
    const answer = await ask()
    if (isWanted(answer)) return answer
    if (Date.now() > end)
      throw new Error(`Not as wanted after ${seconds} s: ${JSON.stringify(answer).slice(0, 2000)}`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}
