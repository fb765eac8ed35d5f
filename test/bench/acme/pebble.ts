/** Debian's pebble on free ports, every challenge valid at once and no nonce refused: a CA that writes nothing to disk. */
import { spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ensureTls } from '../../../packages/server/src/http/tls.js'
import { freePort } from '../../../scripts/debian.mjs'
import type { Target } from './load-client.js'

export interface Pebble {
  target: Target
  pid: number
  stop(): Promise<void>
}

const environment = {
  PEBBLE_VA_ALWAYS_VALID: '1',
  PEBBLE_VA_NOSLEEP: '1',
  PEBBLE_WFE_NONCEREJECT: '0',
}

/** Answers with the directory, or undefined while nobody listens. */
async function isUp(port: number): Promise<boolean> {
  const { connect } = await import('node:net')
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy()
      resolve(true)
    })
    socket.on('error', () => resolve(false))
  })
}

/** @param directory for its configuration and its TLS */
export async function startPebble(program: string, directory: string): Promise<Pebble> {
  await ensureTls(directory, '127.0.0.1')
  const [port, management] = [await freePort(), await freePort()]
  const config = {
    pebble: {
      listenAddress: `127.0.0.1:${port}`,
      managementListenAddress: `127.0.0.1:${management}`,
      certificate: join(directory, 'tls.pem'),
      privateKey: join(directory, 'tls.key'),
      httpPort: 5002,
      tlsPort: 5001,
      ocspResponderURL: '',
      externalAccountBindingRequired: false,
    },
  }
  const file = join(directory, 'pebble.json')
  writeFileSync(file, JSON.stringify(config))
  const child = spawn(program, ['-config', file], {
    stdio: 'ignore',
    env: { ...process.env, ...environment },
  })
  const stop = () =>
    new Promise<void>((resolve) => {
      if (child.exitCode !== null || child.signalCode !== null) return resolve()
      child.once('exit', () => resolve())
      child.kill('SIGTERM')
    })
  for (let tries = 0; !(await isUp(port)); tries++) {
    if (tries === 100 || child.exitCode !== null) throw new Error('pebble did not start')
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  const target = {
    directoryUrl: `https://127.0.0.1:${port}/dir`,
    ca: readFileSync(join(directory, 'ca.pem'), 'utf8'),
  }
  return { target, pid: child.pid!, stop }
}
