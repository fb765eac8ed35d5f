/**
 * The gateway's own TLS: a CA that clients are told to trust, and a certificate
 * for the names it listens on. Made at first start, the certificate again when it
 * nears its end or the names change. Production puts a public certificate in its
 * place, which is then left alone. Source: docs/operations.md, "The data directory after the first start".
 */
import 'reflect-metadata'
import { createPrivateKey, type webcrypto, X509Certificate } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { createSecureContext } from 'node:tls'
import * as x509 from '@peculiar/x509'
import { writeAtomically, writeSecret } from '../files/write-atomically.js'

export interface TlsFiles {
  cert: string
  key: string
}

const CA_NAME = 'CN=UPKI gateway CA'
const EC = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const
const DAY_MS = 86_400_000
const CA_DAYS = 3650
const LEAF_DAYS = 397
const RENEW_DAYS = 30

const { subtle } = globalThis.crypto

async function exportKey(key: webcrypto.CryptoKey): Promise<string> {
  return x509.PemConverter.encode(await subtle.exportKey('pkcs8', key), x509.PemConverter.PrivateKeyTag)
}

async function importKey(pem: string): Promise<webcrypto.CryptoKey> {
  return subtle.importKey('pkcs8', x509.PemConverter.decode(pem)[0] as ArrayBuffer, EC, false, ['sign'])
}

const validFor = (days: number) => ({
  notBefore: new Date(Date.now() - 3_600_000),
  notAfter: new Date(Date.now() + days * DAY_MS),
})

async function makeCa(certFile: string, keyFile: string): Promise<void> {
  const keys = await subtle.generateKey(EC, true, ['sign', 'verify'])
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: CA_NAME,
    keys,
    signingAlgorithm: EC,
    ...validFor(CA_DAYS),
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  })
  await writeSecret(keyFile, await exportKey(keys.privateKey))
  await writeAtomically(certFile, `${certificate.toString('pem')}\n`)
}

const altName = (name: string): x509.JsonGeneralName => ({
  type: /^[\d.]+$|:/.test(name) ? 'ip' : 'dns',
  value: name,
})

async function makeLeaf(ca: TlsFiles, names: readonly string[], files: TlsFiles): Promise<void> {
  const issuer = new x509.X509Certificate(ca.cert)
  const keys = await subtle.generateKey(EC, true, ['sign', 'verify'])
  const certificate = await x509.X509CertificateGenerator.create({
    subject: 'CN=UPKI gateway',
    issuer: issuer.subject,
    publicKey: keys.publicKey,
    signingKey: await importKey(ca.key),
    signingAlgorithm: EC,
    ...validFor(LEAF_DAYS),
    extensions: [
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(names.map(altName)),
      await x509.AuthorityKeyIdentifierExtension.create(issuer),
    ],
  })
  await writeSecret(files.key, await exportKey(keys.privateKey))
  await writeAtomically(files.cert, `${certificate.toString('pem')}\n`)
}

/** A crash while the pair was written leaves a key of another certificate; a new CA, a certificate of the old one. */
const isPair = (certificate: X509Certificate, key: string, ca: string): boolean =>
  certificate.checkPrivateKey(createPrivateKey(key)) && certificate.verify(new X509Certificate(ca).publicKey)

const isFor = (certificate: X509Certificate, name: string): boolean =>
  (altName(name).type === 'ip' ? certificate.checkIP(name) : certificate.checkHost(name)) !== undefined

/** A certificate of another CA is the operator's, and stays whatever it is for. */
async function isLeafGood(files: TlsFiles, ca: string, names: readonly string[]): Promise<boolean> {
  if (!existsSync(files.cert) || !existsSync(files.key)) return false
  const certificate = new X509Certificate(await readFile(files.cert))
  if (certificate.issuer !== CA_NAME) return true
  const lasts = new Date(certificate.validTo).getTime() - Date.now() > RENEW_DAYS * DAY_MS
  return (
    lasts &&
    isPair(certificate, await readFile(files.key, 'utf8'), ca) &&
    names.every((name) => isFor(certificate, name))
  )
}

const readPair = async ({ cert, key }: TlsFiles): Promise<TlsFiles> => ({
  cert: await readFile(cert, 'utf8'),
  key: await readFile(key, 'utf8'),
})

/** What an operator put there may be broken, or no pair; errors of the system name their file themselves. */
function unusable({ cert, key }: TlsFiles, cause: unknown): Error {
  if ((cause as NodeJS.ErrnoException).syscall) return cause as Error
  return new Error(
    `${cert} and ${key} cannot be used; put a chain and its key there in PEM, or remove both and new ones are made`,
    { cause },
  )
}

/** @param host the address listened on; loopback names and the machine's own name are always added */
export async function ensureTls(dataDirectory: string, host: string): Promise<TlsFiles> {
  const file = (name: string) => join(dataDirectory, name)
  const names = [
    ...new Set([
      'localhost',
      '127.0.0.1',
      '::1',
      hostname(),
      ...(['0.0.0.0', '::'].includes(host) ? [] : [host]),
    ]),
  ]
  if (!existsSync(file('ca.pem')) || !existsSync(file('ca.key'))) await makeCa(file('ca.pem'), file('ca.key'))
  const files = { cert: file('tls.pem'), key: file('tls.key') }
  const ca = await readPair({ cert: file('ca.pem'), key: file('ca.key') })
  try {
    if (!(await isLeafGood(files, ca.cert, names))) await makeLeaf(ca, names, files)
    const pair = await readPair(files)
    createSecureContext(pair)
    return pair
  } catch (error) {
    throw unusable(files, error)
  }
}
