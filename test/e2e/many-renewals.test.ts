/** One run of `renew` over as many certificates as a large host has, against the real gateway. */
import { webcrypto, X509Certificate } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chooseDirectories } from '../../packages/client/src/keystore/directories.js'
import { installVersion } from '../../packages/client/src/keystore/lineage.js'
import {
  readRenewalConfig,
  type RenewalParameters,
  writeRenewalConfig,
} from '../../packages/client/src/renewal/renewal-config.js'
import { CertificateAuthority } from '../../packages/client/src/testing/certificate-authority.js'
import {
  makeDirectory,
  type Outcome,
  removeDirectory,
  runClient,
  startIn,
  type TestSystem,
} from '../support/system.js'

const directory = makeDirectory()
const configDir = join(directory, 'client')
const directories = chooseDirectories({ config: configDir })
const breakage = join(directory, 'broken')
/** Its service would not start again. */
const broken = 'n50.example.ac.jp'
/** Not a name of the organisation: the gateway refuses it. */
const foreign = 'n100.example.com'
const good = Array.from({ length: 200 }, (_, index) => `n${index}.example.ac.jp`).filter(
  (name) => name !== broken,
)
let system: TestSystem

beforeAll(async () => {
  system = await startIn(directory)
  await system.turnKnobs({ latencyMs: 0 })
  const like = await makeAccount()
  const authority = await CertificateAuthority.create()
  const due = (name: string, more: Partial<RenewalParameters> = {}) =>
    putNearItsEnd(authority, name, { ...like, ...more })
  await Promise.all([...good, foreign].map((name) => due(name)))
  writeFileSync(breakage, '')
  await due(broken, {
    ...{ installer: 'files', filesFullchain: join(directory, 'copy.pem') },
    testCommand: `test ! -e '${breakage}'`,
  })
})
afterAll(async () => {
  await system.stop()
  removeDirectory(directory)
})

const client = (...args: string[]): Promise<Outcome> =>
  runClient([...args, '--config-dir', configDir, '--lang', 'en'])

/** By a certificate of its own, whose settings those of the others are like. */
async function makeAccount(): Promise<RenewalParameters> {
  const name = 'first.example.ac.jp'
  const { code, stderr } = await client(
    ...['certonly', '-d', name, '--server', `${system.url}/acme/directory`, '--key-type', 'p384'],
    ...['--ca-file', join(directory, 'ca.pem'), '--eab-file', join(directory, 'eab.json')],
  )
  expect(code, stderr).toBe(0)
  return (await readRenewalConfig(directories, name))!
}

const day = 86_400_000

/** A certificate of another CA with a tenth of its 100 days left. */
async function putNearItsEnd(
  authority: CertificateAuthority,
  name: string,
  parameters: RenewalParameters,
): Promise<void> {
  const keys = await webcrypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-384' }, true, ['sign'])
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64')
  const privateKey = `-----BEGIN PRIVATE KEY-----\n${pkcs8.replace(/.{64}/g, '$&\n')}\n-----END PRIVATE KEY-----\n`
  const [notBefore, notAfter] = [-90, 10].map((days) => new Date(Date.now() + days * day))
  const pem = await authority.issue({ names: [name], publicKey: keys.publicKey, notBefore, notAfter })
  const chain = pem.match(/-----BEGIN[^]*?END CERTIFICATE-----/g)!.map((one) => new X509Certificate(one))
  await installVersion(directories, name, { number: 1, privateKey, chain })
  await writeRenewalConfig(directories, name, parameters)
}

const renew = () => client('renew', '--no-random-sleep-on-renew', '--json')

interface Told {
  name: string
  outcome: string
  message?: string
}
const told = ({ stdout }: Outcome) => (JSON.parse(stdout) as { certificates: Told[] }).certificates

/** How many ended how. */
function tally(run: Outcome): Record<string, number | null> {
  const counts: Record<string, number | null> = { code: run.code }
  for (const { outcome } of told(run)) counts[outcome] = (counts[outcome] ?? 0) + 1
  return counts
}

const version = (name: string, part: string, number: number) =>
  readFileSync(join(configDir, 'archive', name, `${part}${number}.pem`), 'utf8')
const serialOf = (name: string, number: number) =>
  new X509Certificate(version(name, 'cert', number)).serialNumber

describe('renew of 200 certificates that are due', () => {
  it('renews each with a new key and serial, though two cannot be renewed, and tells of all', async () => {
    const run = await renew()
    expect(tally(run)).toEqual({ code: 1, renewed: good.length, failed: 2, kept: 1 })
    expect(told(run).find(({ name }) => name === broken)?.message).toContain('test ! -e')
    expect(told(run).find(({ name }) => name === foreign)?.message).toContain(foreign)
    const of = (read: typeof serialOf) => good.flatMap((name) => [read(name, 1), read(name, 2)])
    expect(new Set(of(serialOf)).size).toBe(2 * good.length)
    expect(new Set(of((name, number) => version(name, 'privkey', number))).size).toBe(2 * good.length)
  })

  it('orders none of them again', async () => {
    expect(tally(await renew())).toEqual({ code: 0, kept: good.length + 1, paused: 2 })
    const { applications } = (await (await system.simulator('/simulator/applications')).json()) as {
      applications: unknown[]
    }
    expect(applications).toHaveLength(good.length + 1)
  })
})
