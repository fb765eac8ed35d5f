/** Validators against real servers on loopback and a real DNS server. */
import 'reflect-metadata'
import * as x509 from '@peculiar/x509'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import { type AddressInfo, createServer as createListener, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { startDnsServer, type DnsServer } from '../../testing/dns-server.js'
import { makeAddressGuard } from '../../net/address-guard.js'
import { checkCaa } from './caa.js'
import { validateDns01 } from './dns-01.js'
import { validateHttp01 } from './http-01.js'
import { makeResolver } from './resolver.js'
import { validateTlsAlpn01 } from './tls-alpn-01.js'
import type { Vantage } from './vantage.js'
import { outcomeOf } from '../../testing/outcome-of.js'

const name = 'www.example.ac.jp'
const proof = { name, token: 'token', keyAuthorization: `token.${'k'.repeat(43)}` }

let dns: DnsServer
beforeAll(async () => {
  dns = await startDnsServer()
})
afterAll(() => dns.close())
const closing: (() => void)[] = []
afterEach(() => {
  dns.records.clear()
  dns.codes.clear()
  for (const close of closing.splice(0)) close()
})

const vantage = (
  ports: { httpPort?: number; tlsPort?: number } = {},
  allowed = ['127.0.0.0/8'],
): Vantage => ({
  resolver: makeResolver(dns.address),
  mayConnect: makeAddressGuard(allowed),
  httpPort: 80,
  tlsPort: 443,
  ...ports,
})

async function serve(listener: RequestListener): Promise<number> {
  const server: Server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => {
    server.closeAllConnections()
    server.close()
  })
  dns.records.set(`A ${name}`, ['127.0.0.1'])
  return (server.address() as AddressInfo).port
}

const http = async (listener: RequestListener): Promise<string> =>
  outcomeOf(validateHttp01(vantage({ httpPort: await serve(listener) }), proof))

const redirect =
  (location: string | undefined, status = 302): RequestListener =>
  (_request, response) =>
    void response.writeHead(status, location === undefined ? {} : { location }).end()

describe('http-01', () => {
  it('takes the key authorization at the fixed place, under the Host of the name', async () => {
    const seen: unknown[] = []
    const listener: RequestListener = ({ url, headers }, response) => {
      seen.push(url, headers.host?.split(':')[0])
      response.end(`${proof.keyAuthorization}\r\n `)
    }
    expect(await http(listener)).toBe('valid')
    expect(seen).toEqual(['/.well-known/acme-challenge/token', name])
  })

  it.each([
    ['another key authorization', 'token.other'],
    ['text before it', ` ${proof.keyAuthorization}`],
    ['a BOM before it', `\ufeff${proof.keyAuthorization}`],
    ['nothing', ''],
    ['more than 128 bytes', proof.keyAuthorization + ' '.repeat(128)],
  ])('refuses %s', async (_name, body) => {
    expect(await http((_request, response) => void response.end(body))).toBe('unauthorized')
  })

  it('refuses another status', async () => {
    const listener: RequestListener = (_request, response) =>
      void response.writeHead(404).end(proof.keyAuthorization)
    expect(await http(listener)).toBe('unauthorized')
  })

  it('stops reading a body that never ends', async () => {
    let sent = 0
    const listener: RequestListener = (_request, response) => {
      const timer = setInterval(() => (sent += Number(response.write('x'.repeat(64)))), 1)
      response.on('close', () => clearInterval(timer))
    }
    expect(await http(listener)).toBe('unauthorized')
    expect(sent).toBeLessThan(1000)
  })

  it('gives up on an answer that drips', async () => {
    const listener: RequestListener = (_request, response) => {
      const timer = setInterval(() => response.write(''), 500)
      response.writeHead(200).flushHeaders()
      response.on('close', () => clearInterval(timer))
    }
    expect(await http(listener)).toBe('connection')
  }, 20_000)

  it('follows redirects, ten at most', async () => {
    const hops =
      (count: number): RequestListener =>
      ({ url = '' }, response) => {
        const hop = Number(new URL(url, 'http://x').searchParams.get('hop') ?? 0)
        if (hop === count) response.end(proof.keyAuthorization)
        else response.writeHead(302, { location: `/again?hop=${hop + 1}` }).end()
      }
    expect(await http(hops(10))).toBe('valid')
    expect(await http(hops(11))).toBe('connection')
  })

  it.each([
    ['itself for ever', '/'],
    ['an address', 'http://127.0.0.1/'],
    ['an address in another writing', 'http://0x7f.1/'],
    ['an IPv6 address', 'http://[::1]/'],
    ['port 22', `http://${name}:22/`],
    ['a file', 'file:///etc/passwd'],
    ['gopher', `gopher://${name}/`],
    ['a user and password', `http://user:pass@${name}/`],
    ['what is no URL', 'http://['],
    ['nowhere', undefined],
  ])('refuses a redirect to %s', async (_name, location) => {
    expect(await http(redirect(location, 307))).toBe('connection')
  })

  it.each(['127.0.0.1', '10.0.0.1', '169.254.169.254'])(
    'sends nothing to a name that resolves to %s',
    async (address) => {
      let requests = 0
      const httpPort = await serve((_request, response) => void response.end(String(++requests)))
      dns.records.set(`A ${name}`, [address])
      expect(await outcomeOf(validateHttp01(vantage({ httpPort }, []), proof))).toBe('connection')
      expect(requests).toBe(0)
    },
  )

  it('refuses a redirect to a name that resolves to an internal address', async () => {
    dns.records.set('A inside.example.ac.jp', ['10.0.0.1'])
    expect(await http(redirect('http://inside.example.ac.jp/'))).toBe('connection')
  })

  it('refuses an internal address beside a public one', async () => {
    dns.records.set(`A ${name}`, ['192.0.43.7', '10.0.0.1'])
    expect(await outcomeOf(validateHttp01(vantage({}, []), proof))).toBe('connection')
  })

  it('connects to the address that was checked, though the DNS changes its answer', async () => {
    const httpPort = await serve((_request, response) => void response.end(proof.keyAuthorization))
    const { mayConnect } = vantage()
    const rebinding = (address: string) => {
      dns.records.set(`A ${name}`, ['10.0.0.1'])
      return mayConnect(address)
    }
    const asked = dns.asked.length
    expect(await outcomeOf(validateHttp01({ ...vantage({ httpPort }), mayConnect: rebinding }, proof))).toBe(
      'valid',
    )
    expect(dns.asked.slice(asked).filter((question) => question === `A ${name}`)).toHaveLength(1)
  })

  it('tells a name without address from a DNS that fails, both dns', async () => {
    expect(await outcomeOf(validateHttp01(vantage(), proof))).toBe('dns')
    dns.codes.set(name, 'SERVFAIL')
    expect(await outcomeOf(validateHttp01(vantage(), proof))).toBe('dns')
  })
})

describe('dns-01', () => {
  const place = `TXT _acme-challenge.${name}`
  const digest = createHash('sha256').update(proof.keyAuthorization).digest('base64url')

  it.each([
    ['takes the digest', [digest], 'valid'],
    ['takes it among others', ['other', digest, 'more'], 'valid'],
    ['refuses another', ['other'], 'unauthorized'],
    ['refuses the key authorization itself', [proof.keyAuthorization], 'unauthorized'],
    ['refuses none', [], 'dns'],
  ])('%s', async (_name, values, expected) => {
    dns.records.set(place, values)
    expect(await outcomeOf(validateDns01(vantage(), proof))).toBe(expected)
  })
})

describe('CAA', () => {
  const check = () => outcomeOf(checkCaa(makeResolver(dns.address), name, ['secomtrust.net']))
  it.each<[string, Record<string, string[]>, string]>([
    ['allows without records', {}, 'valid'],
    ['allows what names this CA', { [name]: ['0 issue secomtrust.net'] }, 'valid'],
    ['ignores parameters', { [name]: ['0 issue secomtrust.net; policy=ev'] }, 'valid'],
    ['allows one of several', { [name]: ['0 issue other.example', '0 issue SECOMTRUST.NET'] }, 'valid'],
    ['refuses another CA', { [name]: ['0 issue other.example'] }, 'caa'],
    ['refuses when nobody may issue', { [name]: ['0 issue ;'] }, 'caa'],
    ['looks further up', { 'ac.jp': ['0 issue other.example'] }, 'caa'],
    [
      'takes the closest',
      { 'example.ac.jp': ['0 issue secomtrust.net'], 'ac.jp': ['0 issue other.example'] },
      'valid',
    ],
    ['allows records without issue', { [name]: ['0 iodef mailto:a@example.ac.jp'] }, 'valid'],
  ])('%s', async (_name, records, expected) => {
    for (const [at, values] of Object.entries(records)) dns.records.set(`CAA ${at}`, values)
    expect(await check()).toBe(expected)
  })

  it('refuses when the DNS does not answer', async () => {
    dns.codes.set('ac.jp', 'SERVFAIL')
    expect(await check()).toBe('dns')
  })
})

interface Leaf {
  names?: string[]
  critical?: boolean
  digest?: Buffer
  protocols?: string[]
}

describe('tls-alpn-01', () => {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
  const right = createHash('sha256').update(proof.keyAuthorization).digest()

  async function validate(leaf: Leaf): Promise<string> {
    const { names = [name], critical = true, digest = right, protocols = ['acme-tls/1'] } = leaf
    const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
    const value = Buffer.concat([Buffer.from([4, digest.length]), digest])
    const certificate = await x509.X509CertificateGenerator.createSelfSigned({
      keys,
      name: 'CN=challenge',
      signingAlgorithm: algorithm,
      extensions: [
        new x509.SubjectAlternativeNameExtension(names.map((each) => ({ type: 'dns', value: each }))),
        new x509.Extension('1.3.6.1.5.5.7.1.31', critical, value),
      ],
    })
    const pkcs8 = Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey))
    const key = `-----BEGIN PRIVATE KEY-----\n${pkcs8.toString('base64')}\n-----END PRIVATE KEY-----`
    const server = createTlsServer({ key, cert: certificate.toString('pem'), ALPNProtocols: protocols })
    server.on('tlsClientError', () => undefined)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    closing.push(() => server.close())
    dns.records.set(`A ${name}`, ['127.0.0.1'])
    const { port } = server.address() as AddressInfo
    return outcomeOf(validateTlsAlpn01(vantage({ tlsPort: port }), proof))
  }

  it.each<[string, Leaf, RegExp]>([
    ['takes the certificate made for it', {}, /^valid$/],
    ['refuses an acmeIdentifier that is not critical', { critical: false }, /^incorrectResponse$/],
    ['refuses another digest', { digest: Buffer.alloc(32) }, /^incorrectResponse$/],
    ['refuses one name more', { names: [name, 'other.example.ac.jp'] }, /^incorrectResponse$/],
    ['refuses another name', { names: ['other.example.ac.jp'] }, /^incorrectResponse$/],
    ['refuses another protocol, of which TLS tells by an alert', { protocols: ['http/1.1'] }, /^tls$/],
  ])('%s', async (_name, leaf, expected) => {
    expect(await validate(leaf)).toMatch(expected)
  })

  // RFC 8555 §6.7.
  it.each<[string, string, (socket: Socket) => void]>([
    ['a server that speaks no TLS', 'tls', (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')],
    ['a server that hangs up', 'connection', (socket) => socket.destroy()],
  ])('calls %s a fault of %s', async (_name, expected, answer) => {
    const server = createListener((socket) => {
      socket.on('error', () => undefined).resume()
      answer(socket)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    dns.records.set(`A ${name}`, ['127.0.0.1'])
    const { port } = server.address() as AddressInfo
    const validateThere = () => outcomeOf(validateTlsAlpn01(vantage({ tlsPort: port }), proof))
    expect(await validateThere()).toBe(expected)
    server.close()
    await once(server, 'close')
    expect(await validateThere()).toBe('connection')
  })
})
