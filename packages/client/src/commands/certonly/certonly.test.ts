import 'reflect-metadata'
import { createPrivateKey, X509Certificate } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { Pkcs10CertificateRequest } from '@peculiar/x509'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { hasOpenssl, openssl } from '../../testing/openssl.js'
import { AcmeServer, problem } from '../../testing/acme-server.js'
import { capture, certonlyIn, makeWorkspace, type Workspace } from '../../testing/run-in-process.js'
import { runDelete } from '../delete/run.js'
import { explainError } from '../explain-error.js'

const eab = { kid: 'kid-1', hmacKey: Buffer.from('an HMAC key of at least 32 bytes').toString('base64url') }
const subject = { CN: 'www.example.ac.jp', O: 'Example University', L: 'Chiyoda-ku', ST: 'Tokyo', C: 'JP' }
const upki = { profileId: '3', keyType: 'rsa2048', subjectDn: 'CN=…', subject, state: 'submitted' }
const domains = ['www.example.ac.jp', 'web.example.ac.jp']

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

const certonly = (options: Parameters<typeof certonlyIn>[1] = {}) =>
  certonlyIn(workspace, { domains, server: server.directoryUrl, ...options })
const read = (...parts: string[]) => readFileSync(workspace.path(...parts), 'utf8')
const mode = (...parts: string[]) => (statSync(workspace.path(...parts)).mode & 0o777).toString(8)
const live = ['live', 'www.example.ac.jp'] as const

/** What a run that must fail says. */
async function refusal(options: Parameters<typeof certonlyIn>[1] = {}) {
  const error = await certonly(options).then(
    () => expect.fail('the run should have failed'),
    (thrown: unknown) => thrown,
  )
  return explainError(error)
}

describe('certonly against a UPKI gateway', () => {
  beforeEach(() => {
    server.settings.eab = eab
    server.settings.upki = upki
    server.settings.meta = { upki: { version: 1 }, profiles: { rsa2048: 'RSA', p384: 'ECC' } }
  })
  const eabOptions = { eabKid: eab.kid, eabHmacKey: eab.hmacKey }

  it('registers with the EAB credential and writes the files as certbot does', async () => {
    const { outcome, result } = await certonly(eabOptions)
    expect(outcome).toBe('done')
    expect(result).toMatchObject({
      outcome: 'issued',
      name: 'www.example.ac.jp',
      names: domains,
      keyType: 'RSA 2048',
    })
    for (const part of ['privkey', 'cert', 'chain', 'fullchain'])
      expect(readlinkSync(workspace.path(...live, `${part}.pem`))).toBe(
        `../../archive/www.example.ac.jp/${part}1.pem`,
      )
    expect(read(...live, 'fullchain.pem')).toBe(read(...live, 'cert.pem') + read(...live, 'chain.pem'))
    expect(read('live', 'README')).toContain('renewal')
    expect(readdirSync(workspace.path('work', 'orders'))).toEqual([])
  })

  it('keeps keys, accounts and their folders to their owner', async () => {
    await certonly(eabOptions)
    const [host = ''] = readdirSync(workspace.path('accounts'))
    const [id = ''] = readdirSync(workspace.path('accounts', host, 'directory'))
    expect(mode('archive', 'www.example.ac.jp', 'privkey1.pem')).toBe('600')
    expect(mode('accounts', host, 'directory', id, 'private_key.json')).toBe('600')
    for (const folder of ['archive', 'live', 'accounts', 'renewal', 'work', 'logs'])
      expect(mode(folder)).toBe('700')
  })

  it('writes a renewal configuration that names server, account and key type', async () => {
    await certonly(eabOptions)
    const conf = read('renewal', 'www.example.ac.jp.conf')
    expect(conf).toContain(`fullchain = ${workspace.path(...live, 'fullchain.pem')}`)
    expect(conf).toContain(`[renewalparams]`)
    expect(conf).toContain(`server = ${server.directoryUrl}`)
    expect(conf).toMatch(/account = [0-9a-f]{32}\nserver = .*\nkey_type = rsa2048\n/)
  })

  it('makes a CSR with the subject in the order C, ST, L, O, CN and all names', async () => {
    await certonly(eabOptions)
    const csr = new Pkcs10CertificateRequest(Buffer.from(server.orders[0]?.csr ?? '', 'base64url'))
    expect(csr.subject).toBe('C=JP, ST=Tokyo, L=Chiyoda-ku, O=Example University, CN=www.example.ac.jp')
    // One attribute, the extension request: no challenge password.
    expect(csr.attributes.map(({ type }) => type)).toEqual(['1.2.840.113549.1.9.14'])
    expect(await csr.verify()).toBe(true)
  })

  it.skipIf(!hasOpenssl).each([
    { keyType: 'rsa2048', signature: 'sha256WithRSAEncryption', key: '(2048 bit)' },
    { keyType: 'p384', signature: 'ecdsa-with-SHA384', key: '(384 bit)' },
  ])('makes a $keyType CSR that openssl reads and verifies', async ({ keyType, signature, key }) => {
    server.settings.upki = { ...upki, keyType }
    await certonly(eabOptions)
    const file = workspace.path('csr.der')
    writeFileSync(file, Buffer.from(server.orders[0]?.csr ?? '', 'base64url'))
    const text = openssl('req', '-inform', 'DER', '-in', file, '-noout', '-text', '-verify')
    expect(text).toMatch(
      /Subject: C ?= ?JP, ST ?= ?Tokyo, L ?= ?Chiyoda-ku, O ?= ?Example University, CN ?= ?www/,
    )
    expect(text).toContain('DNS:www.example.ac.jp, DNS:web.example.ac.jp')
    expect(text).toContain(`Signature Algorithm: ${signature}`)
    expect(text).toContain(key)
  })

  it('orders the names as given, the CN first, with the software', async () => {
    await certonly({ ...eabOptions, software: 'nginx 1.22' })
    expect(server.sentTo('/new-order')).toEqual([
      {
        identifiers: domains.map((value) => ({ type: 'dns', value })),
        upki: { software: 'nginx 1.22' },
      },
    ])
  })

  it('makes a P-384 key when the issuance system wants one', async () => {
    server.settings.upki = { ...upki, keyType: 'p384', profileId: '11' }
    const { result } = await certonly(eabOptions)
    expect(result.keyType).toBe('P-384')
  })

  it('asks for the profile of the key type that was asked for', async () => {
    server.settings.upki = { ...upki, keyType: 'p384', profileId: '11' }
    await certonly({ ...eabOptions, keyType: 'ecdsa' })
    expect(server.sentTo('/new-order')).toMatchObject([{ profile: 'p384' }])
  })

  it('refuses before finalize when the account is for another key type', async () => {
    const { outcome, text } = await refusal({ ...eabOptions, keyType: 'p384' })
    expect(outcome).toBe('failed')
    expect(text.en).toContain('rsa2048')
    expect(server.sentTo('/finalize')).toEqual([])
  })

  it('takes the credential from a file, and warns when others can read it', async () => {
    const eabFile = workspace.path('eab.json')
    writeFileSync(eabFile, JSON.stringify(eab), { mode: 0o644 })
    const { outcome, captured } = await certonly({ eabFile })
    expect(outcome).toBe('done')
    expect(captured.stderr).toContain('chmod 600')
  })

  it('uses its account again without the credential', async () => {
    await certonly(eabOptions)
    await certonly({ forceRenewal: true })
    expect(server.sentTo('/new-account')).toHaveLength(1)
  })

  it('finds its account again when the answer to newAccount was lost, without spending the credential twice', async () => {
    server.settings.tamper = (path) => (path === '/new-order' ? 'hang up' : undefined)
    await refusal(eabOptions)
    const [host = ''] = readdirSync(workspace.path('accounts'))
    const [id = ''] = readdirSync(workspace.path('accounts', host, 'directory'))
    const registration = workspace.path('accounts', host, 'directory', id, 'regr.json')
    writeFileSync(registration, JSON.stringify({ uri: '' }))
    server.settings.tamper = undefined
    await certonly({ eabKid: eab.kid })
    expect(server.sentTo('/new-account').at(-1)).toEqual({ onlyReturnExisting: true })
  })

  it('asks for a credential when the server wants one and none is given', async () => {
    const { outcome, text } = await refusal()
    expect(outcome).toBe('usage')
    expect(text.en).toContain('--eab-file')
    expect(text.ja).toContain('登録担当者')
  })

  it('shows each finding with its place and remedy', async () => {
    const finding = {
      code: 'domainNotRegistered',
      grade: 'error',
      row: 1,
      field: 'fqdn',
      column: 11,
      columnName: { ja: '利用管理者FQDN', en: 'FQDN' },
      value: 'www.example.com',
      message: { ja: '登録されたドメインの外です。', en: 'The name is outside the registered domains.' },
      remedy: { ja: 'ドメインを登録してください。', en: 'Register the domain.' },
    }
    server.settings.tamper = (path) =>
      path === '/new-order' ? problem(400, 'rejectedIdentifier', { subproblems: [{ finding }] }) : undefined
    const { outcome, text } = await refusal(eabOptions)
    expect(outcome).toBe('failed')
    expect(text.en).toContain('row 1, FQDN, "www.example.com": The name is outside the registered domains.')
    expect(text.en).toContain('→ Register the domain.')
    expect(text.ja).toContain('1 行目, 利用管理者FQDN, "www.example.com": 登録されたドメインの外です。')
  })
})

describe('certonly against another CA', () => {
  it('puts only the names into the CSR', async () => {
    await certonly()
    const csr = new Pkcs10CertificateRequest(Buffer.from(server.orders[0]?.csr ?? '', 'base64url'))
    expect(csr.subject).toBe('')
    expect(csr.attributes).toHaveLength(1)
  })

  it('makes an RSA 2048 key and sends neither profile nor extension', async () => {
    const { result } = await certonly({ keyType: 'rsa', software: 'nginx' })
    expect(result.keyType).toBe('RSA 2048')
    expect(Object.keys(server.sentTo('/new-order')[0] as object)).toEqual(['identifiers'])
  })

  it('asks for consent to the terms of service', async () => {
    server.settings.meta = { termsOfService: 'https://ca.example/terms' }
    expect((await refusal()).text.en).toContain('https://ca.example/terms')
    await certonly({ agreeTos: true, email: 'admin@example.ac.jp' })
    expect(server.sentTo('/new-account').at(-1)).toEqual({
      contact: ['mailto:admin@example.ac.jp'],
      termsOfServiceAgreed: true,
    })
  })

  it('says so when a name has yet to be proven', async () => {
    server.settings.authorizationStatus = 'pending'
    const { outcome, text } = await refusal()
    expect(outcome).toBe('failed')
    expect(text.en).toContain('challenge')
  })

  it('leaves what it shows in place while the server is away for a moment: each failed validation counts', async () => {
    server.settings.authorizationStatus = 'pending'
    const web = workspace.path('web')
    mkdirSync(web)
    const shown: string[][] = []
    let asked = false
    server.settings.tamper = (path) => {
      if (path.startsWith('/challenge')) {
        asked = true
        return { status: 200, body: { type: 'http-01', url: `${server.directoryUrl}/x` } }
      }
      if (!asked || !path.startsWith('/authorization')) return undefined
      shown.push(readdirSync(join(web, '.well-known', 'acme-challenge')))
      if (shown.length === 1) return problem(503, 'serverInternal')
      server.settings.authorizationStatus = 'valid'
      Object.assign(server.orders[0]!, { status: 'ready' })
      return undefined
    }
    const webrootMap = JSON.stringify(Object.fromEntries(domains.map((name) => [name, web])))
    const { outcome } = await certonly({ authenticator: 'webroot', webrootMap, preflight: false })
    expect(outcome).toBe('done')
    expect(shown).toEqual([['token'], ['token']])
  })

  it('retries refused nonces with fresh ones', async () => {
    server.settings.refuseNonces = 5
    expect((await certonly()).outcome).toBe('done')
    const nonces = server.requests.map(({ header }) => header.nonce)
    expect(new Set(nonces).size).toBe(nonces.length)
  })

  it('gives up when every nonce is refused', async () => {
    server.settings.refuseNonces = Infinity
    expect((await refusal()).text.en).toContain('badNonce')
  })
})

describe('certonly with something there already', () => {
  it('keeps a certificate that is not near its end', async () => {
    await certonly()
    const { result } = await certonly()
    expect(result.outcome).toBe('kept')
    expect(server.orders).toHaveLength(1)
  })

  it('orders a new one with a new key when told to, and keeps the old files', async () => {
    await certonly()
    const firstKey = read(...live, 'privkey.pem')
    await certonly({ forceRenewal: true })
    expect(read(...live, 'privkey.pem')).not.toBe(firstKey)
    expect(read('archive', 'www.example.ac.jp', 'privkey1.pem')).toBe(firstKey)
    expect(readlinkSync(workspace.path(...live, 'cert.pem'))).toMatch(/cert2\.pem$/)
  })

  it('does not replace a certificate for other names unless told to', async () => {
    await certonly()
    const other = { domains: ['other.example.ac.jp'], certName: 'www.example.ac.jp' }
    expect((await refusal(other)).text.en).toContain('--renew-with-new-domains')
    expect((await certonly({ ...other, renewWithNewDomains: true })).outcome).toBe('done')
  })

  it('returns at once with --no-wait, and a later run takes the same order and key', async () => {
    server.settings.processingAnswers = Infinity
    const { outcome, details } = await refusal({ wait: false })
    expect(outcome).toBe('pending')
    expect(details).toMatchObject({ order: { status: 'processing' } })
    const key = read('work', 'orders', 'www.example.ac.jp', 'privkey.pem')
    server.settings.processingAnswers = 0
    await certonly({ domains: undefined, server: undefined, certName: 'www.example.ac.jp' })
    expect(read(...live, 'privkey.pem')).toBe(key)
    expect(server.sentTo('/new-order')).toHaveLength(1)
    expect(server.sentTo('/finalize')).toHaveLength(1)
  })

  it('returns with the state when --timeout is over', async () => {
    server.settings.processingAnswers = Infinity
    server.settings.upki = { ...upki, detail: 'row 3 of batch 7' }
    const { outcome, text } = await refusal({ timeout: 1 })
    expect(outcome).toBe('pending')
    expect(text.en).toContain('with the issuance system (row 3 of batch 7)')
    expect(text.en).toContain('upki-client certonly --cert-name www.example.ac.jp --config-dir')
  })

  it('refuses to begin something else under the name of an order under way', async () => {
    server.settings.processingAnswers = Infinity
    await refusal({ wait: false })
    const { outcome, text } = await refusal({
      domains: ['other.example.ac.jp'],
      certName: 'www.example.ac.jp',
    })
    expect(outcome).toBe('usage')
    expect(text.en).toContain('--abandon-order')
    expect(server.sentTo('/new-order')).toHaveLength(1)
  })

  it('puts an abandoned order aside with its key', async () => {
    server.settings.processingAnswers = Infinity
    await refusal({ wait: false })
    server.settings.processingAnswers = 0
    server.orders[0]!.status = 'invalid'
    expect((await certonly({ abandonOrder: true })).outcome).toBe('done')
    const [aside = ''] = readdirSync(workspace.path('work', 'orders'))
    expect(readdirSync(workspace.path('work', 'orders', aside))).toContain('privkey.pem')
  })

  it('begins anew after the order ended without a certificate', async () => {
    server.settings.processingAnswers = Infinity
    await refusal({ wait: false })
    server.orders[0]!.status = 'invalid'
    expect((await refusal()).outcome).toBe('failed')
    server.settings.processingAnswers = 0
    expect((await certonly()).outcome).toBe('done')
  })

  it('settles a lost answer to finalize by asking for the order', async () => {
    let lost = 0
    server.settings.tamper = (path) => (path.startsWith('/finalize') && lost++ === 0 ? 'hang up' : undefined)
    expect((await certonly()).outcome).toBe('done')
    const paths = server.requests.map(({ path }) => path)
    expect(paths.filter((path) => /order\/|finalize/.test(path))).toEqual([
      '/order/0',
      '/finalize/0',
      '/order/0',
      '/finalize/0',
    ])
    expect(server.orders).toHaveLength(1)
  })

  it('waits and looks again, instead of asking in a loop, when finalize leaves the order ready', async () => {
    let ignored = 1
    server.settings.tamper = (path, payload) =>
      path.startsWith('/finalize') && payload !== '' && ignored-- > 0
        ? { ...server.show(0), headers: { 'retry-after': '1' } }
        : undefined
    await certonly()
    const paths = server.requests.map(({ path }) => path).filter((path) => /order\/|finalize/.test(path))
    expect(paths).toEqual(['/order/0', '/finalize/0', '/order/0', '/finalize/0'])
  })

  it('waits through a server that is away for a while', async () => {
    let failures = 2
    server.settings.tamper = (path) =>
      path.startsWith('/order') && failures-- > 0
        ? { ...problem(503, 'serverInternal'), headers: { 'retry-after': '1' } }
        : undefined
    expect((await certonly()).outcome).toBe('done')
  })

  it('installs a chain that the last run had downloaded, without asking the server', async () => {
    server.settings.chain = (pem) => pem.replaceAll('\n', '\r\n')
    const future = { now: () => new Date(Date.now() + 300 * 86_400_000) }
    const late = certonlyIn(workspace, { domains, server: server.directoryUrl }, future)
    await expect(late).rejects.toThrow('expired')
    await server.stop()
    expect((await certonly()).outcome).toBe('done')
    server = await AcmeServer.start()
  })
})

describe('certonly over a certificate that is damaged', () => {
  it.each([
    { name: 'whose key is gone', damage: () => rmSync(workspace.path('archive', live[1], 'privkey1.pem')) },
    {
      name: 'that is none',
      damage: () => writeFileSync(workspace.path('archive', live[1], 'cert1.pem'), 'garbage'),
    },
  ])('says what to do about one $name, which then can be replaced and deleted', async ({ damage }) => {
    await certonly()
    damage()
    const { outcome, text } = await refusal()
    expect(outcome).toBe('failed')
    expect(text.en).toContain('--force-renewal')
    expect(server.orders).toHaveLength(1)
    await certonly({ forceRenewal: true })
    const leaf = new X509Certificate(read(...live, 'cert.pem'))
    expect(leaf.checkPrivateKey(createPrivateKey(read(...live, 'privkey.pem')))).toBe(true)
    rmSync(workspace.path('archive', live[1], 'privkey2.pem'))
    const { configDir } = workspace
    await runDelete({ configDir, certName: live[1] }, capture().context)
    expect(readdirSync(workspace.path('live'))).toEqual(['README'])
  })
})

describe('certonly with an account that is damaged', () => {
  it.each([
    { name: 'is cut off', file: 'private_key.json', content: '{"kty":"EC","crv":"P-256","d":"c2VjcmV0' },
    { name: 'is empty', file: 'private_key.json', content: '' },
    { name: 'is none', file: 'private_key.json', content: '{"kty":"EC","crv":"P-256","d":"c2VjcmV0"}' },
    { name: 'is gone', file: 'private_key.json', content: undefined },
    { name: 'of its address is cut off', file: 'regr.json', content: '{"uri":"https' },
  ])(
    'names its folder where $file $name, shows no secret, and makes no new key',
    async ({ file, content }) => {
      await certonly()
      const [host = ''] = readdirSync(workspace.path('accounts'))
      const [id = ''] = readdirSync(workspace.path('accounts', host, 'directory'))
      const path = workspace.path('accounts', host, 'directory', id, file)
      if (content === undefined) rmSync(path)
      else writeFileSync(path, content)
      const { outcome, text } = await refusal({ forceRenewal: true })
      expect(outcome).toBe('failed')
      expect(text.en).toContain(id)
      expect(text.en).not.toMatch(/c2Vjcm|\n {4}at /)
      expect(existsSync(path) ? readFileSync(path, 'utf8') : undefined).toBe(content)
      expect(server.orders).toHaveLength(1)
    },
  )
})

describe('certonly after a chain that could not be used', () => {
  it.each([
    { name: 'was cut off', chain: (pem: string) => pem.slice(0, 300) },
    { name: 'was a page of a proxy', chain: () => '<html><h1>502 Bad Gateway</h1></html>' },
    {
      name: 'was for another key',
      chain: () => server.ca.issue({ names: domains, publicKey: server.ca.root.keys.publicKey }),
    },
  ])('asks for it again where the first $name, and orders nothing anew', async ({ chain }) => {
    server.settings.chain = chain
    expect((await refusal()).outcome).toBe('failed')
    server.settings.chain = undefined
    expect((await certonly()).outcome).toBe('done')
    expect(server.orders).toHaveLength(1)
    expect(new X509Certificate(read(...live, 'cert.pem')).checkHost('www.example.ac.jp')).toBeTruthy()
  })
})

describe('certonly after a crash while files were put in place', () => {
  it('finishes the same version, so that the links never stay apart', async () => {
    const future = { now: () => new Date(Date.now() + 300 * 86_400_000) }
    const late = certonlyIn(workspace, { domains, server: server.directoryUrl }, future)
    await expect(late).rejects.toThrow('expired')
    const order = ['work', 'orders', 'www.example.ac.jp'] as const
    const record = JSON.parse(read(...order, 'order.json')) as object
    writeFileSync(workspace.path(...order, 'order.json'), JSON.stringify({ ...record, version: 1 }))
    mkdirSync(workspace.path('archive', 'www.example.ac.jp'), { recursive: true })
    writeFileSync(
      workspace.path('archive', 'www.example.ac.jp', 'privkey1.pem'),
      read(...order, 'privkey.pem'),
    )
    mkdirSync(workspace.path(...live), { recursive: true })
    symlinkSync('../../archive/www.example.ac.jp/privkey1.pem', workspace.path(...live, 'privkey.pem'))
    await certonly()
    expect(readdirSync(workspace.path('archive', 'www.example.ac.jp'))).toEqual([
      'cert1.pem',
      'chain1.pem',
      'fullchain1.pem',
      'privkey1.pem',
    ])
    const leaf = new X509Certificate(read(...live, 'cert.pem'))
    expect(leaf.checkPrivateKey(createPrivateKey(read(...live, 'privkey.pem')))).toBe(true)
    expect(mode('archive', 'www.example.ac.jp', 'privkey1.pem')).toBe('600')
  })
})

describe('certonly never puts a certificate in place', () => {
  it.each([
    {
      name: 'for another key',
      chain: async (_: string) =>
        server.ca.issue({ names: domains, publicKey: server.ca.root.keys.publicKey }),
      says: 'another key',
    },
    {
      name: 'for fewer names',
      chain: async (_: string, csr: { publicKey: never }) =>
        server.ca.issue({ names: domains.slice(1), publicKey: csr.publicKey }),
      says: 'web.example.ac.jp',
    },
    {
      name: 'that has expired',
      chain: async (_: string, csr: { publicKey: never }) =>
        server.ca.issue({
          names: domains,
          publicKey: csr.publicKey,
          notBefore: new Date(0),
          notAfter: new Date(86_400_000),
        }),
      says: 'expired',
    },
    {
      name: 'that begins tomorrow',
      chain: async (_: string, csr: { publicKey: never }) =>
        server.ca.issue({
          names: domains,
          publicKey: csr.publicKey,
          notBefore: new Date(Date.now() + 86_400_000),
        }),
      says: 'clock',
    },
    {
      name: 'with a chain that does not belong to it',
      chain: (pem: string) => pem + server.tlsCa + pem.slice(0, pem.indexOf('-----END CERTIFICATE') + 26),
      says: 'not signed by the next one',
    },
    {
      name: 'that comes with a private key',
      chain: (pem: string) => `${pem}-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n`,
      says: 'not a chain of certificates',
    },
    { name: 'that is not there', chain: () => 'hello', says: 'not a chain of certificates' },
  ])('$name', async ({ chain, says }) => {
    server.settings.chain = chain as never
    const { outcome, text } = await refusal()
    expect(outcome).toBe('failed')
    expect(text.en).toContain(says)
    expect(() => read(...live, 'cert.pem')).toThrow('ENOENT')
  })
})

describe('certonly treats what a server sends as data', () => {
  it('refuses a directory that names another origin', async () => {
    server.settings.tamper = (path) =>
      path === '/directory'
        ? {
            status: 200,
            body: {
              newNonce: 'http://127.0.0.1:9/n',
              newAccount: 'http://127.0.0.1:9/a',
              newOrder: 'http://127.0.0.1:9/o',
            },
          }
        : undefined
    expect((await refusal()).text.en).toContain('is not at http://127.0.0.1')
  })

  it('strips escape sequences from a refusal', async () => {
    server.settings.tamper = (path) =>
      path === '/new-order' ? problem(400, 'malformed', { detail: 'bad\u001b[2J\u202e\nthing' }) : undefined
    expect((await refusal()).text.en).toContain('(malformed, HTTP 400): bad[2J thing')
  })

  it.each([
    { name: 'an answer beyond any size', body: 'x'.repeat(1024 * 1024 + 1), says: 'ERR_ANSWER_TOO_LARGE' },
    { name: 'an answer that is no JSON', body: '<html>', says: 'RFC 8555' },
  ])('refuses $name', async ({ body, says }) => {
    server.settings.tamper = (path) => (path === '/directory' ? { status: 200, body } : undefined)
    expect((await refusal()).text.en).toContain(says)
  })

  it('follows no redirect', async () => {
    server.settings.tamper = (path) =>
      path === '/directory' ? { status: 302, body: {}, headers: { location: '/elsewhere' } } : undefined
    expect((await refusal()).text.en).toContain('HTTP 302')
  })
})

describe('certonly and TLS', () => {
  it.each([
    { name: 'that is not there', content: undefined, says: 'ENOENT' },
    { name: 'without a certificate', content: () => 'hello', says: 'no PEM certificate' },
    { name: 'that is cut off', content: () => server.tlsCa.slice(0, 200), says: 'damaged' },
    {
      name: 'that is another kind of file',
      content: () => server.tlsCa.replace(/MII/, 'AAA'),
      says: 'damaged',
    },
  ])('refuses a --ca-file $name, instead of trusting nothing', async ({ content, says }) => {
    const caFile = workspace.path('ca.pem')
    if (content) writeFileSync(caFile, content())
    const { outcome, text } = await refusal({ caFile })
    expect(outcome).toBe('usage')
    expect(text.en).toContain(`${caFile} cannot be `)
    expect(text.en).toContain(says)
  })

  it('takes a --ca-file with a byte order mark, line ends of Windows and words around', async () => {
    const caFile = workspace.path('ca.pem')
    writeFileSync(caFile, `\uFEFFThe CA of 大学\r\n${server.tlsCa.replaceAll('\n', '\r\n')}`)
    expect((await certonly({ caFile })).outcome).toBe('done')
  })

  it('trusts the CA of --ca-file, remembers it, and says what to do without it', async () => {
    await server.stop()
    server = await AcmeServer.start({ tls: true })
    expect((await refusal()).text.en).toContain('--ca-file')
    const caFile = workspace.path('ca.pem')
    writeFileSync(caFile, server.tlsCa)
    await certonly({ caFile })
    expect(read('renewal', 'www.example.ac.jp.conf')).toContain(`ca_file = ${caFile}`)
    expect(new X509Certificate(read(...live, 'cert.pem')).subjectAltName).toContain('DNS:web.example.ac.jp')
  })

  it('takes plain http only when asked', async () => {
    expect((await refusal({ allowHttp: false })).outcome).toBe('usage')
  })
})
