/** The server of tls-alpn-01: RFC 8737 §3. It shows one self-signed certificate for each name, to `acme-tls/1` only. */
import 'reflect-metadata'
import { webcrypto } from 'node:crypto'
import type { Server } from 'node:net'
import { createSecureContext, createServer, type SecureContext } from 'node:tls'
import { Extension, SubjectAlternativeNameExtension, X509CertificateGenerator } from '@peculiar/x509'
import { digestOf, type ChallengeTask } from '../acme/challenge.js'

const protocol = 'acme-tls/1'
/** id-pe-acmeIdentifier, RFC 8737 §3. */
const acmeIdentifier = '1.3.6.1.5.5.7.1.31'
const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
const day = 86_400_000

export async function serveCertificates(tasks: readonly ChallengeTask[]): Promise<Server> {
  const contexts = new Map<string, SecureContext>()
  for (const task of tasks) contexts.set(task.domain, await contextFor(task))
  return createServer({
    ALPNProtocols: [protocol],
    // RFC 8737 §3: the name is sent as SNI; a handshake for another fails.
    SNICallback: (name, answer) => {
      const context = contexts.get(name.toLowerCase())
      if (context) answer(null, context)
      else answer(new Error('unknown name'))
    },
  }).on('tlsClientError', () => undefined)
}

async function contextFor(task: ChallengeTask): Promise<SecureContext> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const digest = digestOf(task)
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: `CN=${task.domain.slice(0, 64)}`,
    notBefore: new Date(Date.now() - day),
    notAfter: new Date(Date.now() + 6 * day),
    keys,
    signingAlgorithm: algorithm,
    extensions: [
      new SubjectAlternativeNameExtension([{ type: 'dns', value: task.domain }]),
      // An OCTET STRING of 32 bytes, critical.
      new Extension(acmeIdentifier, true, Buffer.concat([Buffer.of(4, digest.length), digest])),
    ],
  })
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey))
  const key = `-----BEGIN PRIVATE KEY-----\n${pkcs8.toString('base64')}\n-----END PRIVATE KEY-----\n`
  return createSecureContext({ key, cert: certificate.toString('pem') })
}
