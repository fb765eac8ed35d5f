/** The client where networks are not plain: a gateway on IPv6 alone, and one that only a proxy reaches. */
import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ConnectProxy, startConnectProxy } from '../support/connect-proxy.js'
import {
  makeDirectory,
  type Outcome,
  removeDirectory,
  runClient,
  startIn,
  type TestSystem,
} from '../support/system.js'

const directory = makeDirectory()
const file = (name: string) => join(directory, name)
let system: TestSystem
let port: number

beforeAll(async () => {
  system = await startIn(directory, { UPKI_LISTEN: '[::1]:0' })
  port = Number(new URL(system.url).port)
  await system.turnKnobs({ latencyMs: 0 })
})
afterAll(async () => {
  await system.stop()
  removeDirectory(directory)
})

/** Without the proxies of whoever runs the tests. */
const noProxy = { HTTPS_PROXY: '', https_proxy: '', NO_PROXY: '', no_proxy: '' }

/** The gateway by one address, with an account and certificates of its own. */
class Reach {
  constructor(
    readonly origin: string,
    readonly folder: string,
    readonly env: () => Record<string, string> = () => ({}),
  ) {}

  run = (args: string[], env = this.env()): Promise<Outcome> =>
    runClient([...args, '--lang', 'en'], { env: { ...noProxy, ...env } })
  keeping = (args: string[], env?: Record<string, string>) =>
    this.run([...args, '--config-dir', file(this.folder)], env)

  certonly = (name: string, env?: Record<string, string>) =>
    this.keeping(
      [
        ...['certonly', '-d', name, '--server', `${this.origin}/acme/directory`],
        ...['--ca-file', file('ca.pem'), '--eab-file', file('eab.json'), '--timeout', '120'],
      ],
      env,
    )
  renew = () => this.keeping(['renew', '--force-renewal', '--no-random-sleep-on-renew'])
  batches = (env?: Record<string, string>) =>
    this.run(
      [
        ...['batches', 'list', '--state', 'done', '--server', this.origin, '--json'],
        ...['--ca-file', file('ca.pem'), '--token-file', file('operator.token')],
      ],
      env,
    )

  serial = (name: string) =>
    new X509Certificate(readFileSync(join(file(this.folder), 'live', name, 'cert.pem'))).serialNumber
}

/** All that the client asks a gateway: EAB and order, renewal, REST. */
async function expectAllWorks(reach: Reach, name: string): Promise<void> {
  expect(await reach.certonly(name)).toMatchObject({ code: 0 })
  const serial = reach.serial(name)
  expect(await reach.renew()).toMatchObject({ code: 0 })
  expect(reach.serial(name)).not.toBe(serial)
  expect(await reach.batches()).toMatchObject({ code: 0 })
}

describe('a gateway on IPv6 alone', () => {
  it('gives certificates, renewals and its REST by its address', async () => {
    const reach = new Reach(`https://[::1]:${port}`, 'ipv6')
    await expectAllWorks(reach, 'ipv6.example.ac.jp')
    expect(readFileSync(join(file('ipv6'), 'renewal', 'ipv6.example.ac.jp.conf'), 'utf8')).toContain('[::1]')
  })
})

const here = hostname().toLowerCase()
const hasName = here !== 'localhost'
if (!hasName) console.warn('SKIPPED: this machine is called localhost, which is never asked for by a proxy')

describe.skipIf(!hasName)('a gateway behind a proxy', () => {
  let proxy: ConnectProxy
  let reach: Reach
  const through = (credential = '') => ({ HTTPS_PROXY: `http://${credential}127.0.0.1:${proxy.port}` })
  beforeAll(async () => {
    proxy = await startConnectProxy({ host: '::1', port }, 'taro:p@ss')
    reach = new Reach(`https://${here}:${port}`, 'proxy', () => through('taro:p%40ss@'))
  })
  afterAll(() => proxy.stop())

  it('gives certificates, renewals and its REST through it, by name', async () => {
    await expectAllWorks(reach, 'proxy.example.ac.jp')
    expect(proxy.asked.length).toBeGreaterThanOrEqual(3)
    expect(new Set(proxy.asked)).toEqual(new Set([`${here}:${port}`]))
  })

  it.each([
    { name: 'a proxy that wants another password', env: () => through('taro:wrong@') },
    { name: 'a proxy that is not there', env: () => ({ HTTPS_PROXY: 'http://127.0.0.1:9' }) },
  ])('is not reached by $name, and the message says where to look', async ({ env }) => {
    const before = proxy.asked.length
    for (const outcome of [await reach.certonly('no.example.ac.jp', env()), await reach.batches(env())]) {
      expect(outcome.code).toBe(1)
      expect(outcome.stderr).toContain('HTTPS_PROXY')
    }
    expect(proxy.asked).toHaveLength(before)
  })

  it('is asked directly where NO_PROXY names it', async () => {
    const before = proxy.asked.length
    await reach.batches({ ...reach.env(), NO_PROXY: here })
    expect(proxy.asked).toHaveLength(before)
  })
})
