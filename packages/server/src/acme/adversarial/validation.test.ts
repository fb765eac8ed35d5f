/** Hostile targets of validation: V1 to V8, against real servers on loopback. V9 is in ../challenge.test.ts. */
import { createHash } from 'node:crypto'
import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { loadConfig } from '../../config.js'
import { type DnsServer, startDnsServer } from '../../testing/dns-server.js'
import { makeAddressGuard } from '../../net/address-guard.js'
import { validateDns01 } from '../validation/dns-01.js'
import { ValidationFault } from '../validation/fault.js'
import { validateHttp01 } from '../validation/http-01.js'
import { makeResolver } from '../validation/resolver.js'
import { makeValidate } from '../validation/validate.js'
import type { Vantage } from '../validation/vantage.js'
import { outcomeOf } from '../../testing/outcome-of.js'

const name = 'www.example.ac.jp'
const proof = { name, token: 'token', keyAuthorization: `token.${'k'.repeat(43)}` }
const digest = createHash('sha256').update(proof.keyAuthorization).digest('base64url')
const place = `TXT _acme-challenge.${name}`

let dns: DnsServer
beforeAll(async () => {
  dns = await startDnsServer()
})
afterAll(() => dns.close())
const servers: { server: Server; sockets: Set<Socket> }[] = []
afterEach(() => {
  dns.records.clear()
  dns.codes.clear()
  for (const { server, sockets } of servers.splice(0)) {
    for (const socket of sockets) socket.destroy()
    server.close()
  }
})

/** A server that says what it likes, whatever it is asked; @returns its port */
async function serve(talk: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>()
  const server = createTcpServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.once('data', () => talk(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  servers.push({ server, sockets })
  return (server.address() as AddressInfo).port
}

const vantage = (httpPort = 80, allowed = ['127.0.0.0/8']): Vantage => ({
  resolver: makeResolver(dns.address),
  mayConnect: makeAddressGuard(allowed),
  httpPort,
  tlsPort: 443,
})

async function http(talk: (socket: Socket) => void): Promise<string> {
  const port = await serve(talk)
  dns.records.set(`A ${name}`, ['127.0.0.1'])
  return outcomeOf(validateHttp01(vantage(port), proof))
}
const says =
  (head: string, body: string | Buffer = '') =>
  (socket: Socket) => {
    socket.write(`HTTP/1.1 ${head}\r\n\r\n`)
    socket.end(body)
  }
const redirects = (location: string, status = '302 Found') =>
  says(`${status}\r\nLocation: ${location}\r\nContent-Length: 0`)

describe('V1 an address that is not public', () => {
  it.each([
    '127.0.0.1',
    '10.0.0.1',
    '172.16.0.1',
    '192.168.0.1',
    '169.254.169.254',
    '0.0.0.0',
    '100.64.0.1',
    '224.0.0.1',
  ])('%s is not connected to', async (address) => {
    let connections = 0
    const port = await serve(() => connections++)
    dns.records.set(`A ${name}`, [address])
    expect(await outcomeOf(validateHttp01(vantage(port, []), proof))).toBe('connection')
    expect(connections).toBe(0)
  })

  it.each([
    '::1',
    '::',
    'fd00::8',
    'fe80::1',
    '::ffff:127.0.0.1',
    '::ffff:10.0.0.1',
    '64:ff9b::7f00:1',
    'ff02::1',
  ])('%s is not one to connect to', (address) => {
    expect(makeAddressGuard([])(address)).toBe(false)
  })
})

describe('V2, V3 a redirect', () => {
  it.each([
    ['to loopback by address', 'http://127.0.0.1/'],
    ['to loopback in other writings', 'http://2130706433/'],
    ['to loopback in IPv6', 'http://[::1]/'],
    ['to the metadata service', 'http://169.254.169.254/latest/'],
    ['to port 22', `http://${name}:22/`],
    ['to a file', 'file:///etc/passwd'],
    ['to gopher', `gopher://${name}/`],
    ['with user and password', `http://user:pass@${name}/`],
    ['to itself for ever', '/.well-known/acme-challenge/token'],
  ])('%s is a connection problem', async (_name, location) => {
    expect(await http(redirects(location))).toBe('connection')
  })

  it('to a name that resolves to an internal address is a connection problem', async () => {
    dns.records.set('A inside.example.ac.jp', ['10.0.0.1'])
    expect(await http(redirects('http://inside.example.ac.jp/'))).toBe('connection')
  })

  it('without Location is a connection problem', async () => {
    expect(await http(says('307 Temporary Redirect\r\nContent-Length: 0'))).toBe('connection')
  })
})

describe('V4 an answer', () => {
  it('of ten gigabytes is cut off after its first bytes, and not shown', async () => {
    let sent = 0
    const chunk = Buffer.alloc(64 * 1024, 'secret ')
    const fault = await (async () => {
      const port = await serve((socket) => {
        socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${10 * 2 ** 30}\r\n\r\n`)
        const pump = () => {
          if (socket.destroyed) return
          sent += chunk.length
          if (socket.write(chunk)) setImmediate(pump)
          else socket.once('drain', pump)
        }
        pump()
      })
      dns.records.set(`A ${name}`, ['127.0.0.1'])
      return validateHttp01(vantage(port), proof).catch((error: unknown) => error as ValidationFault)
    })()
    expect(fault).toMatchObject({ kind: 'unauthorized' })
    expect(String(fault)).not.toContain('secret')
    // What fits into the buffers of a connection, not more.
    expect(sent).toBeLessThan(50 * 2 ** 20)
  })

  it.each([
    ['of 129 bytes', says('200 OK', proof.keyAuthorization.padEnd(129)), 'unauthorized'],
    [
      'in gzip, though nobody asked for it',
      says('200 OK\r\nContent-Encoding: gzip', gzipSync(proof.keyAuthorization)),
      'unauthorized',
    ],
    [
      'with a header of 100 kB',
      says(`200 OK\r\nX-Long: ${'x'.repeat(100_000)}`, proof.keyAuthorization),
      'connection',
    ],
    ['that is no HTTP', (socket: Socket) => void socket.end('SSH-2.0-OpenSSH_9.2\r\n'), 'connection'],
    [
      'that ends too soon',
      (socket: Socket) => void socket.end('HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\ntoken'),
      'connection',
    ],
  ])('%s is refused', async (_name, talk, wanted) => {
    expect(await http(talk)).toBe(wanted)
  })

  it('that drips, that never ends its header, or that never comes, is given up', async () => {
    const drip = (socket: Socket) => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n')
      const timer = setInterval(() => socket.write('x'), 1000)
      socket.on('close', () => clearInterval(timer))
    }
    const endless = (socket: Socket) => {
      socket.write('HTTP/1.1 200 OK\r\n')
      const timer = setInterval(() => socket.write('X: y\r\n'), 500)
      socket.on('close', () => clearInterval(timer))
    }
    const outcomes = await Promise.all([drip, endless, () => undefined].map((talk) => http(talk)))
    expect(outcomes).toEqual(['connection', 'connection', 'connection'])
  }, 40_000)
})

describe('V5 the right answer', () => {
  const body = proof.keyAuthorization
  it.each([
    ['with a line break behind it', `${body}\r\n`, 'valid'],
    ['with a BOM before it', `\ufeff${body}`, 'unauthorized'],
    ['with text before it', `ok ${body}`, 'unauthorized'],
    ['with text behind it', `${body} ok`, 'unauthorized'],
  ])('%s: %s', async (_name, text, wanted) => {
    expect(await http(says('200 OK', text))).toBe(wanted)
  })
})

describe('V6 a DNS that changes its answer between check and connection', () => {
  it('is asked once: the address that was checked is the one connected to', async () => {
    const port = await serve(says('200 OK', proof.keyAuthorization))
    dns.records.set(`A ${name}`, ['127.0.0.1'])
    const rebinding = (address: string) => {
      dns.records.set(`A ${name}`, ['10.0.0.1'])
      return address === '127.0.0.1'
    }
    expect(await outcomeOf(validateHttp01({ ...vantage(port), mayConnect: rebinding }, proof))).toBe('valid')
    expect(await outcomeOf(validateHttp01({ ...vantage(port), mayConnect: rebinding }, proof))).toBe(
      'connection',
    )
  })
})

describe('V7 dns-01', () => {
  it('with a hundred TXT records is met or a dns problem, in time', async () => {
    dns.records.set(place, [...Array.from({ length: 99 }, (_, index) => `other${index}`), digest])
    expect(await outcomeOf(validateDns01(vantage(), proof))).toMatch(/^(valid|dns)$/)
  })

  it('of a DNS that fails is a dns problem', async () => {
    dns.codes.set(`_acme-challenge.${name}`, 'SERVFAIL')
    expect(await outcomeOf(validateDns01(vantage(), proof))).toBe('dns')
  })
})

describe('several vantage points', () => {
  const views: DnsServer[] = []
  beforeAll(async () => {
    views.push(...(await Promise.all([startDnsServer(), startDnsServer(), startDnsServer()])))
  })
  afterAll(() => Promise.all(views.map((view) => view.close())))

  it.each([
    { of: 2, agree: 2, wanted: undefined },
    { of: 2, agree: 1, wanted: 'unauthorized' },
    { of: 3, agree: 3, wanted: undefined },
    { of: 3, agree: 2, wanted: undefined },
    { of: 3, agree: 1, wanted: 'unauthorized' },
  ])('$agree of $of agree: $wanted', async ({ of, agree, wanted }) => {
    const { acme } = loadConfig({})
    const used = views.slice(0, of)
    used.forEach((view, index) => view.records.set(place, [index < agree ? digest : 'poisoned']))
    const resolvers = used.map(({ address }) => address)
    const validate = makeValidate({ ...acme, validation: { ...acme.validation, resolvers } })
    expect((await validate('dns-01', proof))?.kind).toBe(wanted)
  })
})
