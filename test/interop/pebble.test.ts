/** Our client against pebble from Debian, an ACME server that is strict and unkind on purpose. */
import { X509Certificate } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runClient } from '../support/system.js'
import { startPebble, type Pebble } from './pebble-server.js'

let pebble: Pebble
let configDir: string

beforeAll(async () => {
  // A quarter of all good nonces is refused.
  pebble = await startPebble({ PEBBLE_WFE_NONCEREJECT: '25' })
  configDir = join(pebble.folder, 'client')
})
afterAll(async () => {
  await pebble.stop()
  rmSync(pebble.folder, { recursive: true, force: true })
})

const client = (command: string, ...args: string[]) =>
  runClient([command, ...args, '--config-dir', configDir, '--lang', 'en'])

const certonly = (...args: string[]) =>
  client(
    ...(['certonly', '--server', pebble.directoryUrl, '--ca-file', pebble.caFile] as const),
    ...['--eab-file', pebble.eabFile, '--agree-tos', '-m', 'taro@example.ac.jp'],
    ...['--preflight-dns', pebble.dns, '--preflight-http-port', String(pebble.httpPort), ...args],
  )

const standalone = () => [
  ...['--standalone', '--http-01-port', String(pebble.httpPort)],
  ...['--tls-alpn-01-port', String(pebble.tlsPort)],
]
const live = (name: string, part: string) =>
  readFileSync(join(configDir, 'live', name, `${part}.pem`), 'utf8')
const certificateOf = (name: string) => new X509Certificate(live(name, 'cert'))

describe('upki-client at pebble', () => {
  it('registers by EAB and proves several names at once by a web server of its own', async () => {
    const names = ['www.example.ac.jp', 'web.example.ac.jp', 'ftp.example.ac.jp']
    const outcome = await certonly(...standalone(), ...names.flatMap((name) => ['-d', name]))
    expect(outcome).toMatchObject({ code: 0 })
    expect(certificateOf('www.example.ac.jp').subjectAltName?.split(', ').sort()).toEqual(
      names.map((name) => `DNS:${name}`).sort(),
    )
  })

  it('renews with what was given the first time', async () => {
    const before = certificateOf('www.example.ac.jp').serialNumber
    const outcome = await client('renew', '--cert-name', 'www.example.ac.jp', '--force-renewal')
    expect(outcome).toMatchObject({ code: 0 })
    expect(certificateOf('www.example.ac.jp').serialNumber).not.toBe(before)
  })

  it.each(['p256', 'rsa4096'])('makes a key of %s for a CA that is not UPKI', async (keyType) => {
    const name = `${keyType}.example.ac.jp`
    expect(await certonly(...standalone(), '-d', name, '--key-type', keyType)).toMatchObject({ code: 0 })
    const { publicKey } = certificateOf(name)
    expect([
      publicKey.asymmetricKeyDetails?.namedCurve,
      publicKey.asymmetricKeyDetails?.modulusLength,
    ]).toContain(keyType === 'p256' ? 'prime256v1' : 4096)
  })

  it('proves by tls-alpn-01', async () => {
    const outcome = await certonly(
      ...standalone(),
      '--preferred-challenges',
      'tls-alpn',
      '-d',
      'alpn.example.ac.jp',
    )
    expect(outcome).toMatchObject({ code: 0 })
  })

  it('takes the chain that is preferred, and the first when there is no such', async () => {
    const roots = await pebble.roots()
    const preferred = roots[2] ?? ''
    const issuerOf = (name: string) =>
      new X509Certificate(
        live(name, 'chain')
          .split(/(?=-----BEGIN)/)
          .at(-1) ?? '',
      ).issuer
    for (const [name, chain, issuer] of [
      ['other.example.ac.jp', preferred, preferred],
      ['first.example.ac.jp', 'No Such Root', roots[0]],
    ] as const) {
      expect(await certonly(...standalone(), '-d', name, '--preferred-chain', chain)).toMatchObject({
        code: 0,
      })
      expect(issuerOf(name)).toBe(`CN=${issuer}`)
    }
  })

  it('asks for the challenge it cannot meet by itself, and leaves no order behind', async () => {
    const outcome = await certonly('-d', 'bare.example.ac.jp')
    expect(outcome.code).toBe(1)
    expect(outcome.stderr).toContain('--webroot')
    expect(readdirSync(join(configDir, 'work', 'orders'))).toEqual([])
  })
})

describe('the webroot authenticator', () => {
  let server: Server
  let roots: Record<'one' | 'two', string>
  const hostOf: Record<string, 'one' | 'two'> = { 'a.example.ac.jp': 'one', 'b.example.ac.jp': 'two' }

  beforeAll(async () => {
    roots = { one: join(pebble.folder, 'web root'), two: join(pebble.folder, 'ウェブ') }
    for (const root of Object.values(roots)) mkdirSync(root)
    server = createServer((request, response) => {
      const root = hostOf[(request.headers.host ?? '').replace(/:.*/, '')]
      const file = root && join(roots[root], request.url ?? '')
      if (!file || !existsSync(file)) return response.writeHead(404).end()
      response.end(readFileSync(file))
    })
    await new Promise<void>((resolve) => server.listen(pebble.httpPort, '127.0.0.1', resolve))
  })
  afterAll(() => new Promise((resolve) => server.close(resolve)))

  const files = () => Object.values(roots).map((root) => readdirSync(root))

  it('puts each file in the folder of its name, and takes files and folders away', async () => {
    const outcome = await certonly(
      ...['--webroot', '-w', roots.one, '-d', 'a.example.ac.jp', '-w', roots.two, '-d', 'b.example.ac.jp'],
    )
    expect(outcome).toMatchObject({ code: 0 })
    expect(files()).toEqual([[], []])
    const conf = readFileSync(join(configDir, 'renewal', 'a.example.ac.jp.conf'), 'utf8')
    expect(conf).toContain('authenticator = webroot')
  })

  it('finds out by itself that the server would fail, asks nothing, and goes on once it is repaired', async () => {
    const outcome = await certonly(
      '--webroot',
      '-w',
      roots.two,
      '-d',
      'a.example.ac.jp',
      '--cert-name',
      'wrong',
    )
    expect(outcome.code).toBe(1)
    expect(outcome.stderr).toContain('was not asked')
    expect(outcome.stderr).toContain('HTTP 404')
    expect(files()).toEqual([[], []])
    const repaired = await certonly(
      '--webroot',
      '-w',
      roots.one,
      '-d',
      'a.example.ac.jp',
      '--cert-name',
      'wrong',
    )
    expect(repaired).toMatchObject({ code: 0 })
  })

  it("tells the server's reason when it looks and fails", async () => {
    const outcome = await certonly(
      ...['--webroot', '-w', roots.two, '-d', 'a.example.ac.jp', '--cert-name', 'blind', '--no-preflight'],
    )
    expect(outcome.code).toBe(1)
    expect(outcome.stderr).toMatch(/a\.example\.ac\.jp: unauthorized/)
    expect(files()).toEqual([[], []])
    expect(existsSync(join(configDir, 'work', 'orders', 'blind'))).toBe(false)
  })
})

describe('the manual authenticator', () => {
  const script = (name: string, text: string) => {
    const path = join(pebble.folder, name)
    writeFileSync(path, `#!/bin/sh\nset -e\n${text}\n`, { mode: 0o755 })
    return path
  }

  it("runs certbot's DNS hooks unchanged, for a wildcard beside its domain", async () => {
    const record = `'${process.execPath}' -e 'fetch(process.argv[1], { method: "POST", body: JSON.stringify({ host: "_acme-challenge." + process.env.CERTBOT_DOMAIN + ".", value: process.env.CERTBOT_VALIDATION }) })' ${pebble.dnsApi}/set-txt`
    const log = join(pebble.folder, 'hooks.log')
    const auth = script(
      'auth.sh',
      `${record}\necho "auth $CERTBOT_REMAINING_CHALLENGES $CERTBOT_ALL_DOMAINS" >> '${log}'\necho "output of $CERTBOT_DOMAIN"`,
    )
    const cleanup = script('cleanup.sh', `echo "cleanup $CERTBOT_AUTH_OUTPUT" >> '${log}'`)
    const outcome = await certonly(
      ...[
        '--manual',
        '--preferred-challenges',
        'dns',
        '-d',
        'wild.example.ac.jp',
        '-d',
        '*.wild2.example.ac.jp',
      ],
      ...['--manual-auth-hook', auth, '--manual-cleanup-hook', cleanup],
    )
    expect(outcome).toMatchObject({ code: 0 })
    const lines = readFileSync(log, 'utf8').trim().split('\n')
    expect(lines.map((line) => line.replace(/[a-z0-9.,]+example\.ac\.jp/g, 'NAMES'))).toEqual([
      ...['auth 1 NAMES', 'auth 0 NAMES'],
      ...['cleanup output of NAMES', 'cleanup output of NAMES'],
    ])
  })

  it('waits for the record, then says what is missing', async () => {
    const outcome = await certonly(
      ...[
        '--manual',
        '--preferred-challenges',
        'dns',
        '-d',
        'late.example.ac.jp',
        '--manual-auth-hook',
        'true',
      ],
      ...['--dns-propagation-seconds', '1'],
    )
    expect(outcome.code).toBe(1)
    expect(outcome.stderr).toContain('_acme-challenge.late.example.ac.jp')
  })

  it('without a terminal needs a hook', async () => {
    const outcome = await certonly('--manual', '-d', 'nobody.example.ac.jp')
    expect(outcome.code).toBe(2)
    expect(outcome.stderr).toContain('--manual-auth-hook')
  })
})

describe('a slow pebble', () => {
  it('is waited for, name by name', async () => {
    // It looks at each name after 0, 1, 2 or 3 seconds.
    const slow = await startPebble({ PEBBLE_VA_NOSLEEP: '', PEBBLE_VA_SLEEPTIME: '4' })
    const names = ['slow.example.ac.jp', 'slower.example.ac.jp', 'slowest.example.ac.jp']
    try {
      const outcome = await runClient([
        ...['certonly', '--server', slow.directoryUrl, '--ca-file', slow.caFile, '--eab-file', slow.eabFile],
        ...['--agree-tos', '--standalone', '--http-01-port', String(slow.httpPort)],
        ...names.flatMap((name) => ['-d', name]),
        ...['--preflight-dns', slow.dns, '--preflight-http-port', String(slow.httpPort)],
        ...['--config-dir', join(slow.folder, 'client')],
      ])
      expect(outcome).toMatchObject({ code: 0 })
    } finally {
      await slow.stop()
      rmSync(slow.folder, { recursive: true, force: true })
    }
  })
})
