/**
 * The certificate signing request (PKCS #10, RFC 2986).
 *
 * UPKI wants the subject's five attributes in the order C, ST, L, O, CN, equal
 * to the application's, and neither challenge password nor mail address. Other
 * CAs take the names only. Source: docs/upki-tsv.md, "Column 7: CSR".
 */
import 'reflect-metadata'
import { createPrivateKey, createPublicKey, webcrypto } from 'node:crypto'
import { Name, Pkcs10CertificateRequestGenerator, SubjectAlternativeNameExtension } from '@peculiar/x509'
import type { Subject } from '../acme/schemas.js'
import type { KeyType } from './certificate-key.js'

export interface CsrRequest {
  names: readonly string[]
  keyType: KeyType
  /** PKCS #8 PEM. */
  privateKey: string
  /** Absent for CAs that take no subject. */
  subject?: Subject
}

const rsa = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
const algorithms = {
  rsa2048: rsa,
  rsa3072: rsa,
  rsa4096: rsa,
  p256: { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
  p384: { name: 'ECDSA', namedCurve: 'P-384', hash: 'SHA-384' },
} as const

/** Makes a signed request, as PEM. */
export async function createCsr({ names, keyType, privateKey, subject }: CsrRequest): Promise<string> {
  const csr = await Pkcs10CertificateRequestGenerator.create({
    name: subject ? renderSubject(subject) : undefined,
    keys: await importKeyPair(privateKey, keyType),
    signingAlgorithm: algorithms[keyType],
    extensions: [new SubjectAlternativeNameExtension(names.map((value) => ({ type: 'dns', value })))],
  })
  return `${csr.toString('pem')}\n`
}

/** PEM of a CSR in DER. */
export function csrToPem(der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? []
  return ['-----BEGIN CERTIFICATE REQUEST-----', ...lines, '-----END CERTIFICATE REQUEST-----', ''].join('\n')
}

/** Base64url of the DER, as finalize wants it (RFC 8555 §7.4). */
export const csrForFinalize = (pem: string) =>
  Buffer.from(pem.replace(/-----[^-]+-----/g, ''), 'base64').toString('base64url')

const renderSubject = ({ C, ST, L, O, CN }: Subject) =>
  new Name([{ C: [C] }, { ST: [ST] }, { L: [L] }, { O: [O] }, { CN: [CN] }])

async function importKeyPair(pem: string, keyType: KeyType): Promise<webcrypto.CryptoKeyPair> {
  const algorithm = algorithms[keyType]
  const privateKey = createPrivateKey(pem)
  const pkcs8 = privateKey.export({ type: 'pkcs8', format: 'der' })
  const spki = createPublicKey(privateKey).export({ type: 'spki', format: 'der' })
  return {
    privateKey: await webcrypto.subtle.importKey('pkcs8', pkcs8, algorithm, false, ['sign']),
    publicKey: await webcrypto.subtle.importKey('spki', spki, algorithm, true, ['verify']),
  }
}
