/** Hostile connections, below HTTP: whatever comes, the others are answered. */
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from 'node:tls'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { startTestGateway, type TestGateway } from '../../testing/gateway.js'

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startTestGateway()
})
afterAll(() => gateway.close())
const opened: Socket[] = []
afterEach(async () => {
  for (const socket of opened.splice(0)) socket.destroy()
  expect((await gateway.http.get('/acme/directory')).status).toBe(200)
})

const port = () => Number(new URL(gateway.url).port)

function keep<S extends Socket>(socket: S): S {
  opened.push(socket)
  return socket.on('error', () => undefined)
}

const openTcp = () => keep(connect({ port: port(), host: '127.0.0.1' }))
function openTls(options: ConnectionOptions = {}): TLSSocket {
  const ca = readFileSync(join(gateway.directory, 'ca.pem'))
  return keep(connectTls({ port: port(), host: '127.0.0.1', ca, ...options }))
}

/** @returns everything that came until the other side ended it */
async function untilClosed(socket: Socket): Promise<string> {
  let text = ''
  socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')))
  await once(socket, 'close')
  return text
}

/** Whether the handshake came about. */
const shakes = (options: ConnectionOptions): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = openTls(options)
    socket.once('secureConnect', () => resolve(true)).once('close', () => resolve(false))
  })

describe('TLS', () => {
  it.each([
    { version: 'TLSv1', taken: false },
    { version: 'TLSv1.1', taken: false },
    { version: 'TLSv1.2', taken: true },
    { version: 'TLSv1.3', taken: true },
  ] as const)('$version is taken: $taken', async ({ version, taken }) => {
    const ciphers = 'DEFAULT@SECLEVEL=0'
    expect(await shakes({ minVersion: version, maxVersion: version, ciphers })).toBe(taken)
  })

  it('is not negotiated again on the wish of a client', async () => {
    const socket = openTls({ maxVersion: 'TLSv1.2' })
    await once(socket, 'secureConnect')
    const refusal = new Promise<Error>((resolve) => socket.once('error', resolve))
    let isDone = false
    socket.renegotiate({ rejectUnauthorized: true }, (error) => (isDone = error === null))
    expect(await refusal).toMatchObject({ code: 'ERR_SSL_NO_RENEGOTIATION' })
    expect(isDone).toBe(false)
  })

  it.each([
    ['HTTP without TLS', 'GET /acme/directory HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['another protocol', 'SSH-2.0-OpenSSH_9.2\r\n'],
    [
      'a record of the greatest length',
      Buffer.concat([Buffer.from('160301ffff', 'hex'), Buffer.alloc(65_535)]),
    ],
    ['a ClientHello of nonsense', Buffer.from('16030100050100000100', 'hex')],
  ])('is not spoken: %s is hung up on', async (_name, bytes) => {
    const socket = openTcp()
    socket.write(bytes)
    expect(await untilClosed(socket)).not.toContain('HTTP/1.1 200')
  })
})

describe('who is slow', () => {
  const neverShakes = () => openTcp()
  async function neverEndsItsHeader(): Promise<Socket> {
    const socket = openTls()
    await once(socket, 'secureConnect')
    socket.write('GET /acme/directory HTTP/1.1\r\nHost: x\r\n')
    const timer = setInterval(() => socket.write('X: y\r\n'), 500)
    socket.on('close', () => clearInterval(timer))
    return socket
  }

  it('is hung up on: without a handshake, or within a header', async () => {
    const [handshake, header] = [neverShakes(), await neverEndsItsHeader()]
    const [nothing, answer] = await Promise.all([untilClosed(handshake), untilClosed(header)])
    expect(nothing).toBe('')
    expect(answer).toMatch(/^(HTTP\/1\.1 408 |$)/)
  }, 40_000)

  it('keeps nobody else waiting: three hundred that say nothing', async () => {
    const waiting = Array.from({ length: 300 }, neverShakes)
    await Promise.all(waiting.map((socket) => once(socket, 'connect')))
    expect((await gateway.http.get('/acme/directory')).status).toBe(200)
  })
})

it('a header of more than 16 kB gets 431', async () => {
  const socket = openTls()
  await once(socket, 'secureConnect')
  socket.write(`GET /acme/directory HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(17_000)}\r\n\r\n`)
  expect(await untilClosed(socket)).toMatch(/^HTTP\/1\.1 431 /)
})

it.each([
  ['two lengths', 'Content-Length: 5\r\nContent-Length: 6'],
  ['a length and chunks', 'Content-Length: 5\r\nTransfer-Encoding: chunked'],
  ['a length that is no number', 'Content-Length: 5x'],
  ['two hosts', 'host: y\r\nContent-Length: 5\r\nConnection: close'],
])('a request with %s, of which a proxy could make two, gets 400', async (_name, lines) => {
  const socket = openTls()
  await once(socket, 'secureConnect')
  socket.write(`POST /acme/new-order HTTP/1.1\r\nHost: x\r\n${lines}\r\n\r\nhello`)
  expect(await untilClosed(socket)).toMatch(/^HTTP\/1\.1 400 /)
})
