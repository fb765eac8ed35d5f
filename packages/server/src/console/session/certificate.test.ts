/** Sign-in by a client certificate, on first and on resumed connections (RFC 8446 §2.2). */
import 'reflect-metadata'
import * as x509 from '@peculiar/x509'
import { X509Certificate } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { connect, type ConnectionOptions } from 'node:tls'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startTestGateway, type TestGateway } from '../../testing/gateway.js'

let gateway: TestGateway
let directory: string
let trusted: Client
let foreign: Client

interface Client {
  cert: string
  key: string
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }

async function makeClient(name: string): Promise<Client> {
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const dates = { notBefore: new Date(Date.now() - 60_000), notAfter: new Date(Date.now() + 86_400_000) }
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    ...{ name, keys, signingAlgorithm: algorithm },
    ...dates,
  })
  const key = x509.PemConverter.encode(await crypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY')
  return { cert: certificate.toString('pem'), key }
}

async function makeOperatorOf({ cert }: Client): Promise<void> {
  const { id } = await gateway.operator('auditor')
  const certificate_sha256 = new X509Certificate(cert).fingerprint256.replaceAll(':', '').toLowerCase()
  await gateway.env.db.updateTable('operators').set({ certificate_sha256 }).where('id', '=', id).execute()
}

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'upki-operators-'))
  ;[trusted, foreign] = [await makeClient('CN=operator'), await makeClient('CN=somebody')]
  const caFile = join(directory, 'operators.pem')
  writeFileSync(caFile, trusted.cert)
  gateway = await startTestGateway({
    change: (config) => ({ ...config, console: { ...config.console, clientCertificates: { caFile } } }),
  })
  await makeOperatorOf(trusted)
  await makeOperatorOf(foreign)
})
afterAll(async () => {
  await gateway.close()
  rmSync(directory, { recursive: true, force: true })
})

interface Visit {
  status: number
  isResumed: boolean
  session: Buffer | undefined
}

/** One connection, as a browser goes back to a server that it knows. */
async function signIn(options: ConnectionOptions): Promise<Visit> {
  const { hostname: host, port } = new URL(gateway.url)
  const ca = readFileSync(join(gateway.directory, 'ca.pem'))
  const socket = connect({ ...{ host, port: Number(port), ca }, ...options })
  let [session, isResumed]: [Buffer | undefined, boolean] = [undefined, false]
  socket.on('secureConnect', () => (isResumed = socket.isSessionReused()))
  socket.on('session', (fresh) => (session = fresh))
  const headers = ['Host: localhost', 'Upki-Console: 1', 'Content-Length: 0', 'Connection: close']
  socket.write(`POST /v1/session/certificate HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n`)
  const answer = await text(socket)
  return { status: Number(answer.slice(9, 12)), isResumed, session }
}

it.each([
  { name: 'that its CA made', client: () => trusted, status: 200 },
  { name: 'that another CA made', client: () => foreign, status: 401 },
  { name: 'that is not there', client: () => ({}), status: 401 },
])('a certificate $name gets $status, also when the connection is resumed', async ({ client, status }) => {
  const first = await signIn(client())
  expect(first).toMatchObject({ status, isResumed: false })
  expect(await signIn({ ...client(), session: first.session })).toMatchObject({ status, isResumed: true })
})
