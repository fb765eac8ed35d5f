/**
 * Who may enter: a CA for access alone (never for subscribers), one operator certificate
 * for each organisation, and the server's own TLS certificate.
 *
 * The server's certificate is made anew at each start for the host listened on; its key
 * never touches the disk.
 */
import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import * as extensions from '../ca/extensions.js'
import { newKeyPem, publicKeyInfoOf } from '../ca/hierarchy.js'
import { distinguishedName, type Attribute } from '../ca/names.js'
import { randomSerial, signCertificate, toPem, type Signer } from '../ca/sign.js'
import type { Organisation } from '../organisations/organisation.js'
import { readOrMake } from '../storage/files.js'
import { StartError } from '../storage/start-error.js'

export interface OperatorCredential {
  organisation: Organisation
  certFile: string
  keyFile: string
  fingerprint: string
}

export interface AccessCredentials {
  caPem: string
  caFile: string
  operators: readonly [OperatorCredential, ...OperatorCredential[]]
  /** PEM key and certificate for TLS on the host. */
  serverFor: (host: string) => Promise<{ key: string; cert: string }>
}

const lifetimeDays = 3652
const accessName = distinguishedName([
  ['C', 'JP'],
  ['O', 'UPKI Gateway Simulator'],
  ['CN', 'Simulator Access CA'],
])

async function certify(
  subject: Buffer,
  key: KeyObject,
  issuer: Signer,
  usage: readonly Buffer[],
): Promise<string> {
  const publicKeyInfo = publicKeyInfoOf(key)
  const now = new Date()
  const certificate = await signCertificate(
    {
      serial: randomSerial(),
      subject,
      publicKeyInfo,
      notBefore: now,
      notAfter: new Date(now.getTime() + lifetimeDays * 86_400_000),
      extensions: [
        ...usage,
        extensions.subjectKeyIdentifier(publicKeyInfo),
        extensions.authorityKeyIdentifier(extensions.keyIdentifier(publicKeyInfoOf(issuer.privateKey))),
      ],
    },
    issuer,
  )
  return toPem('CERTIFICATE', certificate)
}

const named = (...attributes: Attribute[]) => distinguishedName([['C', 'JP'], ...attributes])

async function loadOperator(
  directory: string,
  organisation: Organisation,
  issuer: Signer,
): Promise<OperatorCredential> {
  const keyFile = join(directory, `operator-${organisation.id}.key`)
  const certFile = join(directory, `operator-${organisation.id}.pem`)
  const key = createPrivateKey(readOrMake(keyFile, () => newKeyPem('prime256v1')))
  const subject = named(['O', organisation.organizationName], ['CN', `Operator of ${organisation.id}`])
  const usage = [extensions.keyUsage('digitalSignature'), extensions.extendedKeyUsage('clientAuth')]
  const made = await certify(subject, key, issuer, usage)
  const fingerprint = new X509Certificate(readOrMake(certFile, () => made)).fingerprint256
  return { organisation, certFile, keyFile, fingerprint }
}

async function makeServer(host: string, issuer: Signer): Promise<{ key: string; cert: string }> {
  const key = newKeyPem('prime256v1')
  const cert = await certify(named(['CN', 'UPKI simulator']), createPrivateKey(key), issuer, [
    extensions.keyUsage('digitalSignature'),
    extensions.extendedKeyUsage('serverAuth'),
    extensions.hostNames([...new Set(['127.0.0.1', 'localhost', host])]),
  ])
  return { key, cert }
}

/** Loads the access CA and the operators' credentials, making what is missing. */
export async function loadAccessCredentials(
  dataDirectory: string,
  organisations: readonly Organisation[],
): Promise<AccessCredentials> {
  const directory = join(dataDirectory, 'access')
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const privateKey = createPrivateKey(readOrMake(join(directory, 'ca.key'), () => newKeyPem('prime256v1')))
  const issuer = { name: accessName, privateKey }
  const caFile = join(directory, 'ca.pem')
  const made = await certify(accessName, privateKey, issuer, [
    extensions.certificateAuthority(0),
    extensions.keyUsage('keyCertSign', 'cRLSign'),
  ])
  const caPem = readOrMake(caFile, () => made)
  const [first, ...others] = await Promise.all(
    organisations.map((organisation) => loadOperator(directory, organisation, issuer)),
  )
  if (!first) throw new StartError('At least one organisation is needed.')
  return { caPem, caFile, operators: [first, ...others], serverFor: (host) => makeServer(host, issuer) }
}
