/** The bundled program as users start it: arguments, exit statuses, signals. */
import { execFile, execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { AcmeServer } from './testing/acme-server.js'
import { makeWorkspace, type Workspace } from './testing/run-in-process.js'
import { version } from './version.js'

const repository = fileURLToPath(new URL('../../../', import.meta.url))
let bundleFolder: string
let bundle: string

beforeAll(() => {
  bundleFolder = mkdtempSync(join(tmpdir(), 'upki-bundle-'))
  // A folder without node_modules: the bundle must bring everything it needs.
  bundle = join(bundleFolder, 'upki-client.mjs')
  execFileSync(process.execPath, [join(repository, 'scripts', 'bundle-client.mjs'), bundle])
})
afterAll(() => rmSync(bundleFolder, { recursive: true, force: true }))

interface Ended {
  status: number | string | null
  stdout: string
  stderr: string
}

interface Running {
  child: ChildProcess
  ended: Promise<Ended>
  /** What standard error holds so far. */
  messages: () => string
}

function start(args: string[], env: Record<string, string> = {}): Running {
  const child = spawn(process.execPath, [bundle, ...args], { env: { PATH: process.env.PATH, ...env } })
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  const ended = new Promise<Ended>((resolve) =>
    child.once('close', (code, signal) => resolve({ status: code ?? signal, stdout, stderr })),
  )
  return { child, ended, messages: () => stderr }
}

const run = (args: string[], env?: Record<string, string>) => start(args, env).ended

describe('upki-client', () => {
  it('knows the version of its package', async () => {
    const manifest = join(repository, 'packages', 'client', 'package.json')
    expect(version).toBe((JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version)
    expect(await run(['--version'])).toMatchObject({ status: 0, stdout: `${version}\n` })
  })

  it.each([
    {
      name: 'the commands in English',
      args: ['--help'],
      says: ['Commands:', 'certonly', 'certificates', 'Exit status:'],
    },
    {
      name: 'the commands in Japanese',
      args: ['--help', '--lang', 'ja'],
      says: ['使い方:', 'コマンド:', '終了コード:'],
    },
    {
      name: 'what certonly does, writes and exits with',
      args: ['certonly', '--help'],
      says: [
        'What happens:',
        'What is written:',
        'What if it fails:',
        'Example:',
        'Exit status:',
        'UPKI_CLIENT_EAB_KID',
      ],
    },
  ])('shows $name', async ({ args, says }) => {
    const { status, stdout } = await run(args)
    expect(status).toBe(0)
    for (const text of says) expect(stdout).toContain(text)
  })

  it('does not mind a reader that goes away', async () => {
    const running = start(['certonly', '--help'])
    running.child.stdout?.destroy()
    expect(await running.ended).toMatchObject({ status: 0, stderr: '' })
  })

  it.each([
    { name: 'no command', args: [] },
    { name: 'an unknown command', args: ['obtain'] },
    { name: 'an unknown option', args: ['certonly', '--domain-name', 'x'] },
    { name: 'a surplus argument', args: ['certonly', 'www.example.jp'] },
    { name: 'a key type that UPKI has not', args: ['certonly', '--key-type', 'rsa4096'] },
    { name: 'a name that is none', args: ['certonly', '-d', '192.0.2.1'] },
    { name: 'a timeout that is none', args: ['certonly', '--timeout', '1h'] },
    { name: 'a place to look at that is none', args: ['certonly', '--check', 'mail:99999'] },
  ])('ends with status 2 for $name', async ({ args }) => {
    const { status, stderr, stdout } = await run(args)
    expect(status).toBe(2)
    expect(stdout).toBe('')
    expect(stderr).not.toContain('    at ')
  })

  it.each([
    { of: '--csr', args: ['certonly', '--server', 'https://127.0.0.1/', '--csr', '/nowhere'] },
    { of: '--ca-file of a certificate', args: ['certonly', '-d', 'www.example.jp', '--ca-file', '/nowhere'] },
    { of: '--ca-file of an account', args: ['show-account', '--ca-file', '/nowhere'] },
    { of: 'inspect', args: ['inspect', '/nowhere'] },
    { of: 'convert', args: ['convert', '/nowhere', '--to', 'der', '--output', '/nowhere/out'] },
    { of: '--password-file', args: ['inspect', 'any.p12', '--password-file', '/nowhere'] },
    { of: 'tsv build', args: ['tsv', 'build', '/nowhere.csr'] },
    { of: '--token-file', args: ['batches', 'list', '--token-file', '/nowhere'] },
  ])('ends with status 2 where the file of $of is not there', async ({ args }) => {
    const workspace = await makeWorkspace()
    const { configDir } = workspace
    const { status, stderr } = await run(args, {
      UPKI_CLIENT_SERVER: 'https://127.0.0.1/',
      UPKI_CLIENT_CONFIG_DIR: configDir,
    })
    await workspace.remove()
    expect(stderr).toContain('/nowhere')
    expect(stderr).not.toContain('written')
    expect(stderr).not.toContain('    at ')
    expect(status).toBe(2)
  })

  it('tells of wrong usage once, in the language of the locale', async () => {
    const { stderr } = await run(['certonly', '--bogus'], { LC_ALL: 'ja_JP.UTF-8' })
    expect(stderr).toBe(`'--bogus' というオプションはありません。
使い方は "upki-client certonly --help" で表示されます。
`)
  })
})

describe('upki-client --json', () => {
  it.each([
    { name: 'an unknown option', args: ['certonly', '--bogus'], says: '--bogus' },
    { name: 'a name that is none', args: ['certonly', '-d', '192.0.2.1'], says: '192.0.2.1' },
    { name: 'a choice that is none', args: ['certonly', '--key-type', 'dsa'], says: 'dsa' },
    { name: 'a surplus argument', args: ['status', 'www.example.jp'], says: 'argument' },
    {
      name: 'a configuration file that is not there',
      args: ['certonly', '-c', '/nowhere'],
      says: '/nowhere',
    },
  ])('tells a program of $name', async ({ args, says }) => {
    const { status, stdout } = await run([...args, '--json'])
    expect(status).toBe(2)
    const told = JSON.parse(stdout) as { outcome: string; message: string }
    expect(told.outcome).toBe('usage')
    expect(told.message).toContain(says)
    expect(JSON.parse((await run(args, { UPKI_CLIENT_JSON: '1' })).stdout)).toEqual(told)
  })
})

describe('upki-client with a server', () => {
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

  const certonly = (...more: string[]) => [
    ...['certonly', '-d', 'www.example.jp', '--server', server.directoryUrl, '--allow-http'],
    ...['--config-dir', workspace.configDir, ...more],
  ]
  const certificates = (...more: string[]) => ['certificates', '--config-dir', workspace.configDir, ...more]
  const requested = async (path: string) => {
    while (server.sentTo(path).length === 0) await new Promise((resolve) => setTimeout(resolve, 20))
  }
  /** The live files belong together, up to the root. */
  const expectWorkingPair = () => {
    const live = (part: string) =>
      readFileSync(workspace.path('live', 'www.example.jp', `${part}.pem`), 'utf8')
    const [leaf, issuer] = [new X509Certificate(live('cert')), new X509Certificate(live('chain'))]
    expect(leaf.checkPrivateKey(createPrivateKey(live('privkey')))).toBe(true)
    expect(leaf.verify(issuer.publicKey)).toBe(true)
    expect(issuer.verify(new X509Certificate(server.tlsCa).publicKey)).toBe(true)
    expect(live('fullchain')).toBe(live('cert') + live('chain'))
  }

  it('obtains a certificate and lists it', async () => {
    expect(await run(certonly('--quiet'))).toMatchObject({ status: 0, stdout: '', stderr: '' })
    expectWorkingPair()
    const { status, stdout } = await run(certificates())
    expect(status).toBe(0)
    expect(stdout).toContain('Certificate Name: www.example.jp')
    expect(stdout).toMatch(/Expiry Date: .* \(VALID: 197 days\)/)
    const json = JSON.parse((await run(certificates('--json'))).stdout) as Record<string, unknown[]>
    expect(json.certificates).toMatchObject([
      { name: 'www.example.jp', status: 'valid', keyType: 'RSA 2048' },
    ])
  })

  it('takes every option from the environment, secrets too, and shows no secret', async () => {
    const eab = { kid: 'kid-1', hmacKey: Buffer.alloc(32, 7).toString('base64url') }
    server.settings.eab = eab
    const { status, stderr } = await run(['certonly', '--allow-http'], {
      UPKI_CLIENT_DOMAINS: 'www.example.jp',
      UPKI_CLIENT_SERVER: server.directoryUrl,
      UPKI_CLIENT_CONFIG_DIR: workspace.configDir,
      UPKI_CLIENT_EAB_KID: eab.kid,
      UPKI_CLIENT_EAB_HMAC_KEY: eab.hmacKey,
    })
    expect(status).toBe(0)
    expect(stderr).not.toContain('visible')
    expect(readFileSync(workspace.path('logs', 'upki-client.log'), 'utf8')).not.toContain(eab.hmacKey)
  })

  it('warns of a secret among the arguments', async () => {
    const secret = Buffer.alloc(32, 7).toString('base64url')
    const { stderr } = await run(certonly('--eab-kid', 'k', '--eab-hmac-key', secret))
    expect(stderr).toContain('--eab-hmac-key is visible to every user')
    expect(stderr).not.toContain(secret)
  })

  it('gives files the modes it says under the umask of a hardened machine', async () => {
    const words = [process.execPath, bundle, ...certonly('--key-mode', '640')]
    const quoted = words.map((word) => `'${word}'`).join(' ')
    await promisify(execFile)('sh', ['-c', `umask 077; exec ${quoted}`])
    const mode = (file: string) =>
      (statSync(workspace.path('live', 'www.example.jp', file)).mode & 0o777).toString(8)
    expect(['privkey.pem', 'cert.pem', 'chain.pem', 'fullchain.pem'].map(mode)).toEqual([
      '640',
      '644',
      '644',
      '644',
    ])
  })

  it('revokes nothing by a file without a certificate', async () => {
    await run(certonly())
    const path = workspace.path('request.pem')
    writeFileSync(path, 'no certificate')
    const places = ['--cert-name', 'www.example.jp', '--config-dir', workspace.configDir]
    const { status, stderr } = await run(['revoke', ...places, '--cert-path', path])
    expect(status).toBe(2)
    expect(stderr).toContain(`${path} holds no certificate`)
  })

  it('tells a program of a failure on standard output', async () => {
    server.settings.authorizationStatus = 'pending'
    const { status, stdout } = await run(certonly('--json'))
    expect(status).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject({ outcome: 'failed' })
  })

  it('speaks Japanese in a Japanese locale', async () => {
    expect((await run(certificates(), { LANG: 'ja_JP.UTF-8' })).stdout).toContain('証明書はなく')
  })

  it('returns with status 3 while the order is being worked on, and lists the order', async () => {
    server.settings.processingAnswers = Infinity
    expect((await run(certonly('--no-wait'))).status).toBe(3)
    expect((await run(certificates())).stdout).toContain('Order under way: www.example.jp')
  })

  it('says after Ctrl-C how to go on, and that goes on', async () => {
    server.settings.processingAnswers = Infinity
    const running = start(certonly())
    await requested('/finalize')
    running.child.kill('SIGINT')
    const { status, stderr } = await running.ended
    expect(status).toBe(130)
    const command = /Go on with: upki-client (.*)/.exec(stderr)?.[1] ?? ''
    server.settings.processingAnswers = 0
    // The command is for a shell: the folder's name has blanks in it.
    const words = execFileSync('sh', ['-c', `printf '%s\\n' ${command}`], { encoding: 'utf8' })
    expect((await run(words.trim().split('\n'))).status).toBe(0)
    expectWorkingPair()
    expect(server.orders).toHaveLength(1)
  })

  it('ends with status 130, and no stack, when a service manager stops a renewal that waits for its turn', async () => {
    server.settings.processingAnswers = Infinity
    expect((await run(certonly('--no-wait'))).status).toBe(3)
    const running = start(['renew', '--json', '--config-dir', workspace.configDir])
    // From here on the run is between its lock and the end of a random pause.
    while (
      !existsSync(workspace.path('locks', 'renew')) ||
      readdirSync(workspace.path('locks', 'renew')).length === 0
    )
      await new Promise((resolve) => setTimeout(resolve, 5))
    running.child.kill('SIGTERM')
    const { status, stdout, stderr } = await running.ended
    expect(status).toBe(130)
    expect(JSON.parse(stdout)).toMatchObject({ outcome: 'interrupted' })
    expect(stderr).not.toContain('    at ')
  })

  it.each(['/new-account', '/new-order', '/finalize', '/order', '/certificate'])(
    'killed while %s is answered, it ends up with one order and a working pair',
    async (path) => {
      const running = start(certonly())
      let killed = false
      server.settings.processingAnswers = 1
      server.settings.tamper = (asked) => {
        if (killed || !asked.startsWith(path)) return undefined
        killed = running.child.kill('SIGKILL')
        return undefined
      }
      expect((await running.ended).status).toBe('SIGKILL')
      expect((await run(certonly())).status).toBe(0)
      expectWorkingPair()
      expect(server.orders.filter(({ csr }) => csr !== undefined)).toHaveLength(1)
      expect(readdirSync(workspace.path('work', 'orders'))).toEqual([])
    },
  )

  it.each([
    { name: 'the same command', again: () => certonly('--key-type', 'p384') },
    {
      name: 'renew',
      again: () => ['renew', '--no-random-sleep-on-renew', '--config-dir', workspace.configDir],
    },
  ])('killed while its deploy-hook runs, $name runs the hook again, once', async ({ again }) => {
    const [gate, deployed] = [workspace.path('gate'), workspace.path('deployed')]
    const hook = `test -e '${gate}' || { echo > '${gate}'; kill -9 $PPID; exit; }; echo done >> '${deployed}'`
    const killed = await run(certonly('--key-type', 'p384', '--deploy-hook', hook))
    expect(killed.status).toBe('SIGKILL')
    expect((await run(again())).status).toBe(0)
    expect((await run(again())).status).toBe(0)
    expect(readFileSync(deployed, 'utf8')).toBe('done\n')
    expect(server.orders).toHaveLength(1)
  })

  it('killed while it waits, it goes on with the same key', async () => {
    server.settings.processingAnswers = Infinity
    const running = start(certonly())
    await requested('/finalize')
    running.child.kill('SIGKILL')
    await running.ended
    const key = readFileSync(workspace.path('work', 'orders', 'www.example.jp', 'privkey.pem'), 'utf8')
    server.settings.processingAnswers = 0
    const { status, stderr } = await run(certonly())
    expect(status).toBe(0)
    expect(stderr).toContain('Going on with the order of')
    expect(readFileSync(workspace.path('live', 'www.example.jp', 'privkey.pem'), 'utf8')).toBe(key)
    expect(server.sentTo('/new-order')).toHaveLength(1)
    expect(server.sentTo('/finalize')).toHaveLength(1)
  })

  it('lets one of two runs for a name work and tells the other who is at it', async () => {
    server.settings.processingAnswers = Infinity
    const first = start(certonly())
    await requested('/finalize')
    const second = await run(certonly())
    expect(second.status).toBe(1)
    expect(second.stderr).toContain(`process ${first.child.pid}`)
    server.settings.processingAnswers = 0
    expect((await first.ended).status).toBe(0)
    expect(server.sentTo('/new-order')).toHaveLength(1)
  })

  it('shows the other certificates when one cannot be read', async () => {
    await run(certonly())
    await run(certonly('--cert-name', 'broken'))
    writeFileSync(workspace.path('archive', 'broken', 'cert1.pem'), 'not a certificate')
    const { status, stdout } = await run(certificates())
    expect(status).toBe(1)
    expect(stdout).toContain('Certificate Name: www.example.jp')
    expect(stdout).toContain('Cannot be read')
  })
})
