/** What machines in the field are like: each is tried, and ends well or with a sentence that says what to do. */
import { chmodSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { StandaloneAuthenticator } from './authenticators/standalone.js'
import { WebrootAuthenticator } from './authenticators/webroot.js'
import { parseNames } from './commands/certonly/names.js'
import { explainError } from './commands/explain-error.js'
import { AcmeServer } from './testing/acme-server.js'
import { certonlyIn, makeWorkspace, type Workspace } from './testing/run-in-process.js'

let server: AcmeServer
let workspace: Workspace
beforeEach(async () => {
  server = await AcmeServer.start()
  workspace = await makeWorkspace()
})
afterEach(async () => {
  await server.stop()
  await workspace.remove()
})

const certonly = (options: Parameters<typeof certonlyIn>[1] = {}, now = new Date()) =>
  certonlyIn(
    workspace,
    { domains: ['www.example.jp'], server: server.directoryUrl, ...options },
    { now: () => now },
  )
const refusal = (run: Promise<unknown>) => run.then(() => expect.fail('it should have failed'), explainError)
const task = { domain: 'www.example.jp', type: 'http-01', token: 'abc', keyAuthorization: 'abc.def' } as const

describe('paths', () => {
  it.each(['設定 フォルダ', "it's", 'a%b$c'])('may be called %s', async (folder) => {
    const configDir = workspace.path(folder)
    expect((await certonly({ configDir })).outcome).toBe('done')
    const conf = readFileSync(workspace.path(folder, 'renewal', 'www.example.jp.conf'), 'utf8')
    expect(conf).toContain(folder)
  })

  it('may be links to elsewhere', async () => {
    mkdirSync(workspace.path('real'))
    symlinkSync(workspace.path('real'), workspace.path('link'))
    expect((await certonly({ configDir: workspace.path('link') })).outcome).toBe('done')
  })

  it.skipIf(process.getuid?.() === 0)('that cannot be written are named, with what to do', async () => {
    mkdirSync(workspace.path('shut'))
    chmodSync(workspace.path('shut'), 0o500)
    const { outcome, text } = await refusal(certonly({ configDir: workspace.path('shut', 'x') }))
    expect(outcome).toBe('failed')
    expect(text.en).toContain('--config-dir')
  })
})

describe('clocks', () => {
  it.each([
    { title: 'an hour behind', now: () => new Date(Date.now() - 3_600_000), says: "this machine's clock" },
    { title: 'years ahead', now: () => new Date(Date.now() + 10 * 365 * 86_400_000), says: 'expired' },
  ])('$title: nothing is put in place, and the message says why', async ({ now, says }) => {
    const { text } = await refusal(certonly({}, now()))
    expect(text.en).toContain(says)
  })
})

describe('names', () => {
  it.each([
    { given: '大学.jp', names: ['xn--pss25c.jp'] },
    { given: 'ＷＷＷ．example．jp', names: ['www.example.jp'] },
    { given: '*.大学.jp', names: ['*.xn--pss25c.jp'] },
  ])('$given becomes $names', ({ given, names }) => {
    expect(parseNames(given, [])).toEqual(names)
  })
})

describe('the standalone authenticator', () => {
  const answer = async (host: string, port: number) =>
    (await fetch(`http://${host}:${port}/.well-known/acme-challenge/abc`)).text()

  async function freePort(): Promise<number> {
    const probe = createServer()
    await new Promise<void>((resolve) => probe.listen(0, resolve))
    const { port } = probe.address() as AddressInfo
    await new Promise((resolve) => probe.close(resolve))
    return port
  }

  it('answers on IPv4 and IPv6, and is gone afterwards', async () => {
    const httpPort = await freePort()
    const standalone = new StandaloneAuthenticator({ httpPort, tlsPort: 443 })
    await standalone.perform([task])
    expect(await answer('127.0.0.1', httpPort)).toBe('abc.def')
    expect(await answer('[::1]', httpPort)).toBe('abc.def')
    await standalone.cleanUp()
    await expect(answer('127.0.0.1', httpPort)).rejects.toThrow()
  })

  it('on a port that is taken says by which option or hook to go on', async () => {
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(0, resolve))
    const { port } = other.address() as AddressInfo
    const standalone = new StandaloneAuthenticator({ httpPort: port, tlsPort: 443 })
    const { text } = await refusal(standalone.perform([task]))
    expect(text.en).toContain('--pre-hook')
    await new Promise((resolve) => other.close(resolve))
  })
})

describe('the webroot authenticator', () => {
  it('writes through no link that the user of the web server put there', async () => {
    mkdirSync(workspace.path('web/.well-known/acme-challenge'), { recursive: true })
    mkdirSync(workspace.path('elsewhere'))
    symlinkSync(workspace.path('elsewhere/victim'), workspace.path('web/.well-known/acme-challenge/abc'))
    const webroot = new WebrootAuthenticator({ 'www.example.jp': workspace.path('web') })
    await webroot.perform([task])
    expect(() => readFileSync(workspace.path('elsewhere/victim'))).toThrow('ENOENT')
    await webroot.cleanUp([task])
  })
})
