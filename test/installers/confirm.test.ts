/** Once the new certificate is in use on a real server, the gateway hears of it and has the old one revoked, whoever brought it there. */
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { X509Certificate } from 'node:crypto'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { makeDirectory, removeDirectory, startIn, type TestSystem, until } from '../support/system.js'
import { expectDone, expectFailed, expectShown } from './support/expect.js'
import { Machine } from './support/machine.js'

const directory = makeDirectory()
const file = (name: string) => join(directory, name)
let system: TestSystem
let machine: Machine

/** A server that people configured, with a pair of their own. */
const configuration = `pid @ROOT@/logs/nginx.pid;
events {}
http {
  access_log off;
  server { listen 127.0.0.1:@HTTP@; server_name @NAME@; }
  server {
    listen 127.0.0.1:@HTTPS@ ssl;
    server_name @NAME@;
    ssl_certificate @ROOT@/old.pem;
    ssl_certificate_key @ROOT@/old.key;
  }
}
`

beforeAll(async () => {
  system = await startIn(directory)
  await system.turnKnobs({ latencyMs: 0 })
})
afterAll(async () => {
  await system.stop()
  removeDirectory(directory)
})
const server = () => [
  ...['--server', `${system.url}/acme/directory`, '--ca-file', file('ca.pem')],
  ...['--eab-file', file('eab.json'), '--software', 'nginx'],
]
let counter = 0
beforeEach(async () => {
  const name = `seen${++counter}.example.ac.jp`
  const files = { 'nginx.conf': configuration.replaceAll('@NAME@', name) }
  machine = await Machine.create('nginx', { name, files, names: [name] }, server())
})
afterEach(() => machine.stop())

const decimal = (serial: string) => BigInt(`0x${serial}`).toString()
async function statusOf(serial: string): Promise<string> {
  const answer = await system.call(`/v1/certificates/${decimal(serial)}`)
  return ((await answer.json()) as { status: string }).status
}
const expectRevoked = (serial: string) =>
  until(
    () => statusOf(serial),
    (status) => status === 'revoked',
  )
const place = () => `127.0.0.1:${machine.ports.https}`

/** Gives the server other files and has it read them. */
function deploy(chain: string, key: string): void {
  cpSync(chain, join(machine.root, 'old.pem'), { dereference: true })
  cpSync(key, join(machine.root, 'old.key'), { dereference: true })
  expect(spawnSync(machine.ctl, ['-s', 'reload']).status).toBe(0)
}

describe('a certificate that was replaced', () => {
  it('is revoked after an installer was seen to bring the new one', async () => {
    await expectDone(machine.run())
    const old = await machine.liveSerial()
    expect((await expectDone(machine.renew())).stderr).toContain('the old one will be revoked')
    await expectRevoked(old)
    expect(await statusOf(await machine.liveSerial())).toBe('valid')
  })

  it('is not revoked after copies were made that nobody looked at, until somebody does', async () => {
    const at = (name: string) => join(machine.root, name)
    const copies = ['--files-fullchain', at('old.pem'), '--files-key', at('old.key')]
    await expectDone(machine.obtain())
    const install = ['install', '--cert-name', 'site', '--installer', 'files', ...copies]
    expect((await expectDone(machine.client(install))).stdout).toContain('not seen on the wire')
    const old = await machine.liveSerial()
    const { stderr } = await expectDone(machine.renew())
    expect(stderr).toContain('--check HOST:PORT')
    expect(stderr).not.toContain('will be revoked')
    expect(await statusOf(old)).toBe('replaced')
    // Nothing is left for the next run to do.
    const idle = await expectDone(machine.client(['renew', '--no-random-sleep-on-renew']))
    expect(idle.stdout).toContain('not due')
    expect(spawnSync(machine.ctl, ['-s', 'reload']).status).toBe(0)
    await expectShown(machine, await machine.liveSerial())
    expect((await expectDone(machine.client(['status', '--check', place()]))).stderr).toContain(
      'will be revoked',
    )
    await expectRevoked(old)
  })

  it('is revoked after a deploy-hook brought the new one, and not before', async () => {
    const gate = join(machine.folder, 'closed')
    const hook = `test -e '${gate}' || { cp "$RENEWED_LINEAGE/fullchain.pem" ${machine.root}/old.pem && cp "$RENEWED_LINEAGE/privkey.pem" ${machine.root}/old.key && '${machine.ctl}' -s reload; }`
    await expectDone(machine.obtain('--deploy-hook', hook, '--check', place()))
    const old = await machine.liveSerial()
    await expectShown(machine, old)
    writeFileSync(gate, '')
    const { stderr } = await expectFailed(machine.renew())
    expect(stderr).toContain('not in use')
    expect(await statusOf(old)).toBe('replaced')
    rmSync(gate)
    const live = (part: string) => join(machine.clientFolder, 'live', 'site', `${part}.pem`)
    deploy(live('fullchain'), live('privkey'))
    await expectShown(machine, await machine.liveSerial())
    const next = await expectDone(machine.client(['renew', '--no-random-sleep-on-renew']))
    expect(next.stderr).toContain('the old one will be revoked')
    await expectRevoked(old)
  })

  it('is revoked after a key of another machine got its new one', async () => {
    const first = await obtainByCsr('first')
    const second = await obtainByCsr('second')
    deploy(first.chain, first.key)
    await expectShown(machine, first.serial)
    const check = () => machine.client(['status', '--check', place(), '--cert-path', second.chain])
    expect((await expectFailed(check())).stderr).toContain('another certificate is shown')
    expect(await statusOf(first.serial)).toBe('replaced')
    deploy(second.chain, second.key)
    await expectShown(machine, second.serial)
    expect((await expectDone(check())).stderr).toContain('the old one will be revoked')
    await expectRevoked(first.serial)
  })
})

async function obtainByCsr(id: string): Promise<{ chain: string; key: string; serial: string }> {
  const at = (name: string) => join(machine.folder, `${id}.${name}`)
  const subject = `/C=JP/ST=Tokyo/L=Chiyoda-ku/O=Example University/CN=${machine.names[0]!}`
  const made = spawnSync('openssl', [
    ...['req', '-new', '-newkey', 'rsa:2048', '-nodes', '-keyout', at('key'), '-out', at('csr')],
    ...['-subj', subject, '-addext', `subjectAltName=DNS:${machine.names[0]!}`],
  ])
  expect(made.status).toBe(0)
  const paths = ['--cert-path', at('cert'), '--chain-path', at('chain'), '--fullchain-path', at('full')]
  await expectDone(machine.client(['certonly', '--csr', at('csr'), ...paths, ...server()]))
  expect(existsSync(at('full'))).toBe(true)
  return {
    chain: at('full'),
    key: at('key'),
    serial: new X509Certificate(readFileSync(at('cert'))).serialNumber,
  }
}
