/**
 * How long the client takes to start and to look through 500 certificates,
 * beside bare node and, where they are installed, certbot and lego.
 */
import { execFileSync, spawnSync } from 'node:child_process'
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
const rounds = 11

/** Median of wall-clock times, in milliseconds. */
function time(command: string, args: readonly string[]): number {
  const once = () => {
    const began = performance.now()
    const { status, error } = spawnSync(command, args, { stdio: 'ignore' })
    if (error ?? status !== 0) throw error ?? new Error(`${command} ${args.join(' ')} ended with ${status}`)
    return performance.now() - began
  }
  const times = Array.from({ length: rounds }, once).sort((a, b) => a - b)
  return times[Math.floor(rounds / 2)]!
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
    execFileSync(process.execPath, [bundle, '--version'])
    return measure(config)
  } finally {
    rmSync(config, { recursive: true, force: true })
    rmSync(`${config}-certbot`, { recursive: true, force: true })
  }
}

function measure(config: string): Result[] {
  const node = { name: 'bare node', value: time(process.execPath, ['-e', '0']) }
  const ours = (...args: string[]) => time(process.execPath, [bundle, ...args])
  const places = ['--config-dir', config]
  const help = ours('--help')
  const list = ours('certificates', ...places)
  const renew = ours('renew', ...places)
  const results = [
    result('upki-client --help', help, node),
    result(`upki-client certificates, ${count} of them`, list, node),
    result(`upki-client renew, ${count} and nothing due`, renew, node),
  ]
  return [...results, ...besideCertbot(config, { help, list, renew }), ...besideLego(help)]
}

const result = (name: string, value: number, beside: Result['beside']): Result => ({
  name,
  value,
  unit: 'ms',
  beside,
})

function besideCertbot(
  config: string,
  { help, list, renew }: { help: number; list: number; renew: number },
): Result[] {
  if (!isInstalled('certbot')) return notInstalled('certbot')
  const copy = makeCertbotCopy(config)
  mkdirSync(join(copy, 'logs'), { recursive: true })
  const places = ['--config-dir', copy, '--work-dir', join(copy, 'work'), '--logs-dir', join(copy, 'logs')]
  const theirs = (...args: string[]) => ({
    name: `certbot ${args[0]!}`,
    value: time('certbot', [...args, ...places]),
  })
  return [
    result('upki-client --help', help, theirs('--help')),
    result(`upki-client certificates, ${count} of them`, list, theirs('certificates')),
    result(
      `upki-client renew, ${count} and nothing due`,
      renew,
      theirs('renew', '--no-random-sleep-on-renew'),
    ),
  ]
}

function besideLego(help: number): Result[] {
  if (!isInstalled('lego')) return notInstalled('lego')
  return [result('upki-client --help', help, { name: 'lego --help', value: time('lego', ['--help']) })]
}

function notInstalled(program: string): Result[] {
  console.log(
    `SKIPPED: ${program} is not installed, so nothing is measured beside it (apt-get install ${program}).`,
  )
  return []
}
