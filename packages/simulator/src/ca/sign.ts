/** Signing of certificates and revocation lists (RFC 5280 §4.1 and §5.1) with node:crypto, on its thread pool. */
import { randomBytes, sign, type KeyObject } from 'node:crypto'
import { promisify } from 'node:util'
import * as der from './der.js'

const signAsync = promisify(sign)

interface Algorithm {
  hash: string
  identifier: Buffer
}

const rsaSha256: Algorithm = {
  hash: 'sha256',
  identifier: der.sequence(der.objectIdentifier('1.2.840.113549.1.1.11'), der.nothing()),
}
const ecdsaSha256: Algorithm = {
  hash: 'sha256',
  identifier: der.sequence(der.objectIdentifier('1.2.840.10045.4.3.2')),
}
const ecdsaSha384: Algorithm = {
  hash: 'sha384',
  identifier: der.sequence(der.objectIdentifier('1.2.840.10045.4.3.3')),
}

/** The hash follows the issuer's key, as UPKI's profiles 3 and 11 do. */
function algorithmOf(key: KeyObject): Algorithm {
  if (key.asymmetricKeyType === 'rsa') return rsaSha256
  return key.asymmetricKeyDetails?.namedCurve === 'secp384r1' ? ecdsaSha384 : ecdsaSha256
}

export interface Signer {
  /** DER Name. */
  name: Buffer
  privateKey: KeyObject
}

export interface CertificateContent {
  serial: Uint8Array
  /** DER Name. */
  subject: Uint8Array
  /** DER SubjectPublicKeyInfo. */
  publicKeyInfo: Uint8Array
  notBefore: Date
  notAfter: Date
  extensions: readonly Uint8Array[]
}

async function signed(content: Buffer, key: KeyObject, algorithm: Algorithm): Promise<Buffer> {
  const signature = await signAsync(algorithm.hash, content, key)
  return der.sequence(content, algorithm.identifier, der.bitString(signature))
}

const version3 = der.explicit(0, der.integer(Buffer.of(2)))

/** A DER certificate. */
export function signCertificate(content: CertificateContent, issuer: Signer): Promise<Buffer> {
  const algorithm = algorithmOf(issuer.privateKey)
  const toBeSigned = der.sequence(
    version3,
    der.integer(content.serial),
    algorithm.identifier,
    issuer.name,
    der.sequence(der.time(content.notBefore), der.time(content.notAfter)),
    content.subject,
    content.publicKeyInfo,
    der.explicit(3, der.sequence(...content.extensions)),
  )
  return signed(toBeSigned, issuer.privateKey, algorithm)
}

/** A DER revocation list without entries: the place where revoked serials will stand. */
export function signEmptyRevocationList(issuer: Signer, thisUpdate: Date, nextUpdate: Date): Promise<Buffer> {
  const algorithm = algorithmOf(issuer.privateKey)
  const content = der.sequence(
    der.integer(Buffer.of(1)),
    algorithm.identifier,
    issuer.name,
    der.time(thisUpdate),
    der.time(nextUpdate),
  )
  return signed(content, issuer.privateKey, algorithm)
}

/** 127 random bits: 128 with the sign, as UPKI's serials since 2019. */
export function randomSerial(): Buffer {
  const serial = randomBytes(16)
  serial[0] = (serial[0] ?? 0) & 0x7f
  return serial
}

/** A serial as mails, reports and TSV columns write it. */
export const serialInDecimal = (serial: Buffer): string => BigInt(`0x${serial.toString('hex')}`).toString()

export const toPem = (label: string, content: Buffer): string =>
  `-----BEGIN ${label}-----\n${(content.toString('base64').match(/.{1,64}/g) ?? []).join('\n')}\n-----END ${label}-----\n`
