/** The real client against the real gateway and simulator. */
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { X509Certificate } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  makeDirectory,
  type Outcome,
  removeDirectory,
  runClient,
  startIn,
  type TestSystem,
  until,
} from '../support/system.js'

const directory = makeDirectory()
const configDirectory = join(directory, 'client')
let system: TestSystem

beforeAll(async () => {
  system = await startIn(join(directory, 'gateway'), { UPKI_LISTEN: `127.0.0.1:${await freePort()}` })
  await system.turnKnobs({ latencyMs: 0 })
})
afterAll(async () => {
  await system.stop()
  removeDirectory(directory)
})

const freePort = async () => (await import('../../scripts/debian.mjs')).freePort()

/** What the issuance system was asked for, for one CN. */
async function kindsFor(name: string): Promise<string[]> {
  const answer = await system.simulator('/simulator/applications')
  const { applications } = (await answer.json()) as { applications: { commonName: string; kind: string }[] }
  return applications.filter(({ commonName }) => commonName === name).map(({ kind }) => kind)
}

const untilRegistered = (name: string) =>
  until(
    () => kindsFor(name),
    (kinds) => kinds.length > 0,
  )

const certonly = (names: string[], ...more: (string | AbortSignal)[]): Promise<Outcome> =>
  runClient(
    [
      'certonly',
      ...names.flatMap((name) => ['-d', name]),
      ...['--server', `${system.url}/acme/directory`, '--ca-file', join(system.directory, 'ca.pem')],
      ...['--eab-file', join(system.directory, 'eab.json'), '--config-dir', configDirectory, '--lang', 'en'],
      ...more.filter((option) => typeof option === 'string'),
    ],
    { signal: more.find((option) => typeof option !== 'string') },
  )

const live = (name: string, file: string) => join(configDirectory, 'live', name, file)
const certificateOf = (name: string) => new X509Certificate(readFileSync(live(name, 'cert.pem')))

const issuedBy = (certificate: X509Certificate, issuer: X509Certificate) =>
  certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey)

/** Leaf, issuing CA of chain.pem, and the simulator's root fit by name and signature. */
function isTrusted(name: string): boolean {
  const chain = new X509Certificate(readFileSync(live(name, 'chain.pem')))
  const root = new X509Certificate(readFileSync(join(system.directory, 'simulator', 'root.pem')))
  return issuedBy(certificateOf(name), chain) && issuedBy(chain, root)
}

describe('account commands', () => {
  const folder = join(directory, 'accounts')
  const account = (command: string, ...more: string[]) =>
    runClient([
      ...[command, '--server', `${system.url}/acme/directory`, '--ca-file', join(system.directory, 'ca.pem')],
      ...['--config-dir', folder, '--lang', 'en', '--json', ...more],
    ])
  const told = ({ stdout }: Outcome) => JSON.parse(stdout) as Record<string, unknown>

  it('make an account, show and change it, and end it for good', async () => {
    expect(await account('show-account')).toMatchObject({ code: 2 })
    const eab = ['--eab-file', join(system.directory, 'eab.json')]
    const made = told(await account('register', ...eab, '--email', 'taro@example.ac.jp'))
    expect(made).toMatchObject({ status: 'valid', contact: ['mailto:taro@example.ac.jp'] })
    expect(told(await account('register', ...eab))).toMatchObject({ url: made.url })
    expect(told(await account('update-account', '--email', 'team@example.ac.jp'))).toMatchObject({
      contact: ['mailto:team@example.ac.jp'],
    })
    expect(told(await account('show-account'))).toMatchObject({
      ...made,
      contact: ['mailto:team@example.ac.jp'],
    })
    expect(told(await account('update-account'))).toMatchObject({ contact: [] })
    expect(told(await account('unregister'))).toMatchObject({ url: made.url, status: 'deactivated' })
    expect(await account('show-account')).toMatchObject({ code: 2 })
    const again = told(await account('register', ...eab))
    expect(again).toMatchObject({ status: 'valid' })
    expect(again.url).not.toBe(made.url)
  })
})

describe('upki-client certonly', () => {
  it.each([
    { keyType: 'rsa2048', name: 'rsa.example.ac.jp' },
    { keyType: 'p384', name: 'ec.example.ac.jp' },
  ])('obtains a certificate for a $keyType key with a chain up to the root', async ({ keyType, name }) => {
    const outcome = await certonly([name, `web-${name}`], '--key-type', keyType)
    expect(outcome).toMatchObject({ code: 0 })
    expect(isTrusted(name)).toBe(true)
    expect(certificateOf(name).checkHost(`web-${name}`)).toBe(`web-${name}`)
    expect(certificateOf(name).subject).toBe(`C=JP\nST=Tokyo\nL=Chiyoda-ku\nO=Example University\nCN=${name}`)
  })

  it('keeps the key to its owner and the layout to certbot', () => {
    const mode = (path: string) => (statSync(path).mode & 0o777).toString(8)
    expect(mode(live('rsa.example.ac.jp', 'privkey.pem'))).toBe('600')
    expect(mode(join(configDirectory, 'archive'))).toBe('700')
    expect(readFileSync(live('rsa.example.ac.jp', 'fullchain.pem'), 'utf8')).toBe(
      readFileSync(live('rsa.example.ac.jp', 'cert.pem'), 'utf8') +
        readFileSync(live('rsa.example.ac.jp', 'chain.pem'), 'utf8'),
    )
  })

  it('keeps a certificate that is not near its end', async () => {
    const before = certificateOf('rsa.example.ac.jp').serialNumber
    expect((await certonly(['rsa.example.ac.jp', 'web-rsa.example.ac.jp'])).code).toBe(0)
    expect(certificateOf('rsa.example.ac.jp').serialNumber).toBe(before)
  })

  it('replaces it with a new key when asked, and the issuance system is asked for a renewal', async () => {
    const key = readFileSync(live('rsa.example.ac.jp', 'privkey.pem'), 'utf8')
    expect((await certonly(['rsa.example.ac.jp', 'web-rsa.example.ac.jp'], '--force-renewal')).code).toBe(0)
    expect(readFileSync(live('rsa.example.ac.jp', 'privkey.pem'), 'utf8')).not.toBe(key)
    expect(await kindsFor('rsa.example.ac.jp')).toEqual(['server-issue', 'server-renew'])
  })

  it('renews before its time what the gateway wants replaced (ARI)', async () => {
    const name = 'early.example.ac.jp'
    expect((await certonly([name])).code).toBe(0)
    const before = certificateOf(name).serialNumber
    const replaceBy = new Date(Date.now() + 2000)
    const body = JSON.stringify({ serials: [`0x${before}`], replaceBy })
    expect((await system.call('/v1/reissues', { method: 'POST', body })).status).toBe(200)
    await until(
      () => Promise.resolve(new Date()),
      (now) => now > replaceBy,
    )
    const args = ['renew', '--config-dir', configDirectory, '--no-random-sleep-on-renew']
    expect(await runClient(args)).toMatchObject({ code: 0 })
    expect(certificateOf(name).serialNumber).not.toBe(before)
  })

  it(
    'waits through a restart of the gateway and an issuance system that is down, and orders once',
    { timeout: 180_000 },
    async () => {
      await system.turnKnobs({ maintenance: true })
      const waiting = certonly(['wait.example.ac.jp'], '--timeout', '150')
      await new Promise((resolve) => setTimeout(resolve, 4000))
      await system.kill('gateway')
      await system.stop()
      const port = new URL(system.url).port
      system = await startIn(system.directory, { UPKI_LISTEN: `127.0.0.1:${port}` })
      expect(await waiting).toMatchObject({ code: 0 })
      expect(await kindsFor('wait.example.ac.jp')).toEqual(['server-issue'])
    },
  )

  it('goes on after kill -9 with the same order', { timeout: 120_000 }, async () => {
    await system.turnKnobs({ latencyMs: 5000 })
    const stop = new AbortController()
    const killed = certonly(['killed.example.ac.jp'], stop.signal)
    await untilRegistered('killed.example.ac.jp')
    stop.abort()
    await killed
    expect(await certonly(['killed.example.ac.jp'])).toMatchObject({ code: 0 })
    expect(certificateOf('killed.example.ac.jp').subjectAltName).toBe('DNS:killed.example.ac.jp')
    expect(await kindsFor('killed.example.ac.jp')).toEqual(['server-issue'])
    await system.turnKnobs({ latencyMs: 0 })
  })

  it.each([
    { name: 'a name outside the organisation', names: ['www.example.com'], says: /www\.example\.com/ },
    { name: 'nine names', names: Array.from({ length: 9 }, (_, i) => `n${i}.example.ac.jp`), says: /8/ },
    { name: 'a wildcard', names: ['*.example.ac.jp'], says: /\*\.example\.ac\.jp/ },
    { name: 'an IP address', names: ['192.0.2.1'], says: /192\.0\.2\.1/ },
  ])('refuses $name, says why and leaves no order behind', async ({ names, says }) => {
    const outcome = await certonly(names)
    expect([1, 2]).toContain(outcome.code)
    expect(outcome.stderr + outcome.stdout).toMatch(says)
  })
})

describe('upki-client certificates', () => {
  it('lists what is there', async () => {
    const { code, stdout } = await runClient(['certificates', '--config-dir', configDirectory, '--json'])
    expect(code).toBe(0)
    expect(stdout).toContain('ec.example.ac.jp')
  })
})
