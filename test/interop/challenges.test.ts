/** Names shown by http-01, tls-alpn-01 and dns-01 with stock clients (RFC 8555 §8). Flags: docs/acme-clients.md. */
import { X509Certificate } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Client, crypto } from 'acme-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ChallengeGateway, pointAt, orderByLego, startChallengeGateway } from './challenge-gateway.js'
import { openLibrary, terms } from './acme-library.js'
import { eabOf, makeCsr, type Outcome, registerCertbot, run, runCertbot } from './programs.js'

let gateway: ChallengeGateway

beforeAll(async () => {
  gateway = await startChallengeGateway()
  await gateway.system.turnKnobs({ latencyMs: 0 })
})
afterAll(() => gateway.stop())

/** Each client has an address of its own, so that all can listen on the one port that is looked at. */
const address = { certbot: '127.0.0.2', lego: '127.0.0.3' }

const point = (name: string, to: string) => pointAt(gateway, name, to)

const namesIn = (file: string) => new X509Certificate(readFileSync(join(gateway.folder, file))).subjectAltName
const altNames = (...names: string[]) => names.map((name) => `DNS:${name}`).join(', ')

const certbot = (...args: string[]): Promise<Outcome> => runCertbot(gateway, args)

function certonly(csr: string, out: string, ...args: string[]): Promise<Outcome> {
  const paths = ['cert', 'chain', 'fullchain'].flatMap((part) => [`--${part}-path`, `${out}.${part}.pem`])
  return certbot('certonly', '--csr', csr, '--issuance-timeout', '300', ...paths, ...args)
}

async function obtain(names: string[], ...args: string[]): Promise<Outcome> {
  const [out = ''] = names
  return certonly(await makeCsr(gateway.folder, `${out}.csr`, names), out, ...args)
}

const standalone = () => [
  ...['--standalone', '--http-01-port', String(gateway.httpPort), '--http-01-address', address.certbot],
]
const manual = (challenge: string) => [
  ...['--manual', '--preferred-challenges', challenge, '--manual-auth-hook', gateway.hook],
]

const lego = (name: string, args: string[], command: string[]): Promise<Outcome> =>
  orderByLego(gateway, name, [...args, ...command])

const byHttp = () => ['--http', '--http.port', `${address.lego}:${gateway.httpPort}`]
const byTls = () => ['--tls', '--tls.port', `${address.lego}:${gateway.tlsPort}`]
const byDns = () => ['--dns', 'exec', '--dns.resolvers', gateway.challenges.dns, '--dns.disable-cp']

describe('certbot', () => {
  beforeAll(async () => {
    expect(await registerCertbot(gateway)).toMatchObject({ code: 0 })
  })

  it('shows several names by http-01, on a web server of its own', async () => {
    const names = ['cb-www.example.ac.jp', 'cb-web.example.ac.jp']
    for (const name of names) await point(name, address.certbot)
    expect(await obtain(names, ...standalone())).toMatchObject({ code: 0 })
    expect(namesIn('cb-www.example.ac.jp.cert.pem')).toBe(altNames(...names))
  })

  it('renews without showing them again', async () => {
    const names = ['cb-www.example.ac.jp', 'cb-web.example.ac.jp']
    // Nothing is there now: only what was shown before can count.
    for (const name of names) await point(name, '127.0.0.99')
    const csr = await makeCsr(gateway.folder, 'again.csr', names)
    expect(await certonly(csr, 'again', ...standalone())).toMatchObject({ code: 0 })
  })

  it('shows a name by http-01 on another web server, by a hook', async () => {
    expect(await obtain(['cb-hook.example.ac.jp'], ...manual('http'))).toMatchObject({ code: 0 })
  })

  it('shows several names by dns-01', async () => {
    const names = ['cb-dns.example.ac.jp', 'cb-dns2.example.ac.jp']
    for (const name of names) await point(name, '127.0.0.99')
    expect(await obtain(names, ...manual('dns'))).toMatchObject({ code: 0 })
    expect(namesIn('cb-dns.example.ac.jp.cert.pem')).toBe(altNames(...names))
  })
})

describe('lego', () => {
  it.each([
    { challenge: 'http-01', name: 'lego-http.example.ac.jp', to: address.lego, how: byHttp },
    { challenge: 'tls-alpn-01', name: 'lego-tls.example.ac.jp', to: address.lego, how: byTls },
    { challenge: 'dns-01', name: 'lego-dns.example.ac.jp', to: '127.0.0.99', how: byDns },
  ])('shows a name by $challenge, and renews', async ({ name, to, how }) => {
    await point(name, to)
    expect(await lego(name, how(), ['run'])).toMatchObject({ code: 0 })
    expect(namesIn(`lego/certificates/${name}.crt`)).toBe(altNames(name))
    const renewed = await lego(name, how(), ['renew', '--days', '400', '--no-random-sleep'])
    expect(renewed).toMatchObject({ code: 0 })
  })
})

describe('acme-client', () => {
  let client: Client
  const obtain = async (name: string, challenge: string) =>
    client.auto({
      ...terms,
      csr: readFileSync(join(gateway.folder, await makeCsr(gateway.folder, `${name}.csr`, [name]))),
      challengePriority: [challenge],
      // It would look for itself in the DNS of this machine, at port 80.
      skipChallengeVerification: true,
      challengeCreateFn: ({ identifier }, { type, token }, content) =>
        type === 'http-01'
          ? gateway.challenges.call('add-http01', { token, content })
          : gateway.challenges.call('set-txt', {
              host: `_acme-challenge.${identifier.value}.`,
              value: content,
            }),
      challengeRemoveFn: () => Promise.resolve(),
    })

  beforeAll(async () => {
    client = await openLibrary(gateway.system)
  })

  it.each(['http-01', 'dns-01'])(
    'registers with an EAB credential once, and shows a name by %s',
    async (type) => {
      const name = `lib-${type}.example.ac.jp`
      const certificate = new X509Certificate(await obtain(name, type))
      expect(certificate.subjectAltName).toBe(altNames(name))
    },
  )

  it('renews after a change of its key, revokes, and deactivates its account', async () => {
    await client.updateAccountKey(await crypto.createPrivateEcdsaKey())
    const pem = await obtain('lib-dns-01.example.ac.jp', 'dns-01')
    await client.revokeCertificate(pem)
    await expect(client.revokeCertificate(pem)).rejects.toThrow(/revoked/)
    expect(await client.updateAccount({ status: 'deactivated' })).toMatchObject({ status: 'deactivated' })
    await expect(obtain('lib-late.example.ac.jp', 'dns-01')).rejects.toThrow(/deactivated/)
  })
})

describe('dehydrated', () => {
  // Settings stand in a file that the shell reads, so its name needs a slash.
  function dehydrated(...args: string[]): Promise<Outcome> {
    const { kid, hmacKey } = eabOf(gateway.system)
    const settings = {
      BASEDIR: gateway.folder,
      CA: `${gateway.system.url}/acme/directory`,
      ...{ EAB_KID: kid, EAB_HMAC_KEY: hmacKey, CONTACT_EMAIL: 'taro@example.ac.jp' },
      CURL_OPTS: `--cacert ${join(gateway.system.directory, 'ca.pem')}`,
      ...{ CHALLENGETYPE: 'dns-01', HOOK: gateway.hook },
    }
    const lines = Object.entries(settings).map(([name, value]) => `${name}="${value}"\n`)
    writeFileSync(join(gateway.folder, 'dehydrated.conf'), lines.join(''), { mode: 0o600 })
    return run(gateway, 'dehydrated', ['--config', './dehydrated.conf', ...args])
  }

  it('registers with an EAB credential', async () => {
    expect(await dehydrated('--register', '--accept-terms')).toMatchObject({ code: 0 })
  })

  it('shows a name by dns-01 and obtains a certificate for a CSR', async () => {
    const csr = await makeCsr(gateway.folder, 'dehydrated.csr', ['dehydrated.example.ac.jp'])
    const { code, output } = await dehydrated('--signcsr', csr)
    expect(code).toBe(0)
    expect(new X509Certificate(output).subjectAltName).toBe(altNames('dehydrated.example.ac.jp'))
    writeFileSync(join(gateway.folder, 'dehydrated.pem'), new X509Certificate(output).toString())
  })

  it('revokes', async () => {
    expect(await dehydrated('--revoke', 'dehydrated.pem')).toMatchObject({ code: 0 })
  })

  it('deactivates its account', async () => {
    expect(await dehydrated('--deactivate')).toMatchObject({ code: 0 })
  })
})
