/** Starts the simulator and the gateway as child processes, and stops them again. */
import { fork } from 'node:child_process'
import { join } from 'node:path'
import { root } from './setup.mjs'

/** Minutes, not seconds: a store is made at the first start, and the machine may be busy. */
const READY_TIMEOUT_MS = 120_000
const STOP_TIMEOUT_MS = 15_000

/**
 * Starts one of our programs; it stops by itself when this process is gone,
 * because its IPC channel then closes.
 * @returns the child once it says it is ready
 */
function startProgram(name, file, args, options) {
  const child = fork(file, args, {
    cwd: root,
    // The flags of this process, such as a test runner's, are not for them.
    execArgv: [],
    stdio: ['ignore', options.stdout ?? 'inherit', options.stderr ?? 'inherit', 'ipc'],
    env: options.env,
  })
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL')
      reject(new Error(`${name} was not ready after ${READY_TIMEOUT_MS / 1000} seconds`))
    }, READY_TIMEOUT_MS)
    child.on('message', (message) => {
      if (!message.ready) return
      clearTimeout(timer)
      resolve({ name, child, url: message.ready })
    })
    child.once('exit', (code, signal) => {
      clearTimeout(timer)
      reject(new Error(`${name} ended before it was ready (${signal ?? `exit code ${code}`})`))
    })
  })
}

function stopProgram({ child }) {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve()
  return new Promise((resolve) => {
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS)
    child.once('exit', () => {
      clearTimeout(timer)
      resolve()
    })
    child.kill('SIGTERM')
  })
}

/** The simulator keeps its state below the gateway's data directory and writes simulator.json into it. */
export function startSimulator(dataDirectory, options) {
  const file = join(root, 'packages', 'simulator', 'dist', 'main.js')
  const args = [
    '--data-dir',
    join(dataDirectory, 'simulator'),
    '--connection-file',
    join(dataDirectory, 'simulator.json'),
    ...(options.args ?? []),
  ]
  return startProgram('The simulator', file, args, options)
}

/** @param role `api` or `worker`; without one the gateway does both */
export const startGateway = ({ role, ...options }) =>
  startProgram(
    'The gateway',
    join(root, 'packages', 'server', 'dist', 'main.js'),
    role ? [role] : [],
    options,
  )

/**
 * @param env environment of both, with UPKI_DATA_DIR set
 * @param stdout where their output goes: 'inherit' or 'ignore'
 * @param withSimulator a configuration of one's own names its own issuance systems
 * @returns the gateway's URL, a promise of the first of them to end, the programs, and `stop`
 */
export async function startSystem({ env, stdout, withSimulator = !env.UPKI_CONFIG }) {
  const programs = []
  const stop = async () => {
    for (const program of programs.toReversed()) await stopProgram(program)
  }
  try {
    if (withSimulator) programs.push(await startSimulator(env.UPKI_DATA_DIR, { env, stdout }))
    programs.push(await startGateway({ env, stdout }))
  } catch (error) {
    await stop()
    throw error
  }
  const ended = Promise.race(
    programs.map(
      ({ name, child }) => new Promise((resolve) => child.once('exit', (code) => resolve({ name, code }))),
    ),
  )
  return { url: programs.at(-1).url, ended, programs, stop }
}
