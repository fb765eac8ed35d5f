/**
 * How long the client takes to start and to look through 500 certificates,
 * beside bare node and, where they are installed, certbot and lego.
 */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { CertificateAuthority } from '../../packages/client/src/testing/certificate-authority.js'
import { livePaths } from '../../packages/client/src/keystore/lineage.js'
import { generateCertificateKey } from '../../packages/client/src/keystore/certificate-key.js'
import { installVersion } from '../../packages/client/src/keystore/lineage.js'
import { updateState } from '../../packages/client/src/renewal/deployment-state.js'
import { writeRenewalConfig } from '../../packages/client/src/renewal/renewal-config.js'
import { parseChain } from '../../packages/client/src/acme/certificate-chain.js'
import { createPublicKey, webcrypto } from 'node:crypto'
import type { Result } from './result.js'

const bundle = fileURLToPath(new URL('../../packages/client/dist/upki-client.js', import.meta.url))
const count = 500
/** Rounds of one comparison: as many as fit into the time, within these bounds. */
const [leastRounds, mostRounds, roundsMs] = [3, 15, 45_000]

interface Program {
  name: string
  command: string
  args: readonly string[]
}

/** Wall-clock time of one run, in milliseconds. */
function timeOnce({ name, command, args }: Program): number {
  const began = performance.now()
  const { status, error, stderr } = spawnSync(command, args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
  })
  const took = performance.now() - began
  if (error ?? status !== 0) throw error ?? new Error(`${name} ended with ${status}: ${stderr.slice(-2000)}`)
  return took
}

/**
 * The least time of each, since whatever else a machine does only adds to it. They take
 * turns, so that what it does is the same for all.
 */
function race(programs: readonly Program[]): Result['beside'][] {
  const least = programs.map(() => Infinity)
  const end = performance.now() + roundsMs
  for (let round = 0; round < mostRounds && (round < leastRounds || performance.now() < end); round++)
    for (const [index, program] of programs.entries())
      least[index] = Math.min(least[index]!, timeOnce(program))
  return programs.map(({ name }, index) => ({ name, value: least[index]! }))
}

/** 500 certificates of one key: what is measured reads files, not keys. */
async function makeCertificates(config: string): Promise<void> {
  const directories = { config, work: join(config, 'work'), logs: join(config, 'logs') }
  const ca = await CertificateAuthority.create()
  const privateKey = await generateCertificateKey('p384')
  const publicKey = await webcrypto.subtle.importKey(
    'spki',
    createPublicKey(privateKey).export({ type: 'spki', format: 'der' }),
    { name: 'ECDSA', namedCurve: 'P-384' },
    true,
    ['verify'],
  )
  const until = new Date(Date.now() + 86_400_000).toISOString()
  for (let index = 0; index < count; index++) {
    const name = `host${index}.example.ac.jp`
    const chain = parseChain(await ca.issue({ names: [name], publicKey }))
    await installVersion(directories, name, { number: 1, privateKey, chain })
    const server = 'https://upki.example.ac.jp/acme/directory'
    await writeRenewalConfig(directories, name, { server, account: '0'.repeat(32), keyType: 'p384' })
    // As after the first look of the day: the server has said that it gives no renewal information.
    await updateState(directories, name, { advice: { until } })
  }
}

const isInstalled = (program: string) => spawnSync(program, ['--version']).error === undefined

/** The same certificates for certbot, whose layout ours is. */
function makeCertbotCopy(config: string): string {
  const copy = `${config}-certbot`
  cpSync(config, copy, { recursive: true, verbatimSymlinks: true })
  for (let index = 0; index < count; index++) {
    const name = `host${index}.example.ac.jp`
    const live = livePaths({ config: copy, work: '', logs: '' }, name)
    const paths = Object.entries(live).map(([part, path]) => `${part} = ${path}`)
    const conf = [
      'version = 2.1.0',
      `archive_dir = ${join(copy, 'archive', name)}`,
      ...paths,
      '[renewalparams]',
      `account = ${'0'.repeat(32)}`,
      'authenticator = standalone',
      'server = https://127.0.0.1:9/directory',
    ]
    writeFileSync(join(copy, 'renewal', `${name}.conf`), `${conf.join('\n')}\n`)
  }
  return copy
}

export async function run(): Promise<Result[]> {
  const config = mkdtempSync(join(tmpdir(), 'upki-bench-'))
  try {
    await makeCertificates(config)
    return measure(config)
  } finally {
    rmSync(config, { recursive: true, force: true })
    rmSync(`${config}-certbot`, { recursive: true, force: true })
  }
}

const node: Program = { name: 'bare node', command: process.execPath, args: ['-e', '0'] }

function measure(config: string): Result[] {
  const ours = (name: string, ...args: string[]): Program => ({
    name: `upki-client ${name}`,
    command: process.execPath,
    args: [bundle, ...args],
  })
  const certbot = installedCertbot(config)
  const lego = isInstalled('lego') ? [{ name: 'lego --help', command: 'lego', args: ['--help'] }] : []
  if (lego.length === 0) tellMissing('lego')
  const places = ['--config-dir', config]
  return [
    ...compare(ours('--help', '--help'), [node, ...certbot('--help'), ...lego]),
    ...compare(ours(`certificates, ${count} of them`, 'certificates', ...places), [
      node,
      ...certbot('certificates'),
    ]),
    ...compare(ours(`renew, ${count} and nothing due`, 'renew', ...places), [
      node,
      ...certbot('renew', '--no-random-sleep-on-renew'),
    ]),
  ]
}

function compare(program: Program, others: readonly Program[]): Result[] {
  const [own, ...rest] = race([program, ...others])
  return rest.map((beside) => ({ ...own!, unit: 'ms', beside }))
}

function installedCertbot(config: string): (...args: string[]) => Program[] {
  if (!isInstalled('certbot')) {
    tellMissing('certbot')
    return () => []
  }
  const copy = makeCertbotCopy(config)
  mkdirSync(join(copy, 'logs'), { recursive: true })
  const places = ['--config-dir', copy, '--work-dir', join(copy, 'work'), '--logs-dir', join(copy, 'logs')]
  return (...args) => [{ name: `certbot ${args[0]!}`, command: 'certbot', args: [...args, ...places] }]
}

const tellMissing = (program: string) =>
  console.log(
    `SKIPPED: ${program} is not installed, so nothing is measured beside it (apt-get install ${program}).`,
  )
