/** Runs programs of others in a folder of their own, and makes what they are given. */
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestSystem } from '../support/system.js'

export interface Outcome {
  code: number
  /** Both outputs. */
  output: string
}

export const makeFolder = (): string => mkdtempSync(join(tmpdir(), 'upki-interop-'))

/** Where a program of others runs, and at which gateway. */
export interface Place {
  system: TestSystem
  folder: string
  env?: Record<string, string>
}

/** Without any other trust than the gateway's own CA, in the ways in which Python and Go take one. */
export function run(place: Place, program: string, args: readonly string[]): Promise<Outcome> {
  const { system, folder } = place
  const ca = join(system.directory, 'ca.pem')
  const env = {
    ...process.env,
    HOME: folder,
    REQUESTS_CA_BUNDLE: ca,
    LEGO_CA_CERTIFICATES: ca,
    LC_ALL: 'C.UTF-8',
    ...place.env,
  }
  return new Promise((resolve) => {
    execFile(program, args, { cwd: folder, env, timeout: 580_000 }, (error, stdout, stderr) => {
      const code = error ? (typeof error.code === 'number' ? error.code : 1) : 0
      resolve({ code, output: stdout + stderr })
    })
  })
}

/** Runs a command line as a person would paste it. */
export const paste = (folder: string, command: string): Promise<void> =>
  new Promise((resolve, reject) => {
    execFile('/bin/sh', ['-c', command], { cwd: folder }, (error) => {
      if (error) reject(new Error(`${command} failed`, { cause: error }))
      else resolve()
    })
  })

const subject = '/C=JP/ST=Tokyo/L=Chiyoda-ku/O=Example University/CN='

/** A CSR with the full subject and a new P-384 key, as docs/acme-clients.md has it; @returns its file name */
export async function makeCsr(folder: string, file: string, names: readonly string[]): Promise<string> {
  const altNames = names.map((name) => `DNS:${name}`).join(',')
  await paste(
    folder,
    `openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-384 -sha384 -nodes -keyout ${file}.key -out ${file} -subj "${subject}${names[0] ?? ''}" -addext "subjectAltName=${altNames}"`,
  )
  return file
}

export interface Eab {
  kid: string
  hmacKey: string
}

export const eabOf = ({ directory }: TestSystem): Eab =>
  JSON.parse(readFileSync(join(directory, 'eab.json'), 'utf8')) as Eab

/** certbot, which keeps its files in the folder and asks nothing. */
export const runCertbot = (place: Place, args: readonly string[]): Promise<Outcome> =>
  run(place, 'certbot', [
    ...args,
    '--non-interactive',
    ...['--server', `${place.system.url}/acme/directory`],
    ...['--config-dir', 'config', '--work-dir', 'work', '--logs-dir', 'logs'],
  ])

/** With the credential of the sample organisation. */
export function registerCertbot(place: Place): Promise<Outcome> {
  const { kid, hmacKey } = eabOf(place.system)
  const eab = ['--eab-kid', kid, '--eab-hmac-key', hmacKey]
  return runCertbot(place, ['register', '--agree-tos', '-m', 'taro@example.ac.jp', ...eab])
}

/** lego with the credential of the sample organisation, which it wants each time; its files are in `lego` of the folder. */
export function runLego(place: Place, args: readonly string[]): Promise<Outcome> {
  const { kid, hmacKey } = eabOf(place.system)
  return run(place, 'lego', [
    ...['--server', `${place.system.url}/acme/directory`, '--email', 'taro@example.ac.jp', '--accept-tos'],
    ...['--eab', '--kid', kid, '--hmac', hmacKey, '--path', 'lego'],
    ...args,
  ])
}

/** Applications for revocation that the gateway holds. */
export async function countRevocations(system: TestSystem): Promise<number> {
  const response = await system.call('/v1/applications?limit=200')
  const { applications } = (await response.json()) as { applications: { kind: string }[] }
  return applications.filter(({ kind }) => kind === 'server-revoke').length
}
