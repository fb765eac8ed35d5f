/**
 * The unique identifier of a certificate (RFC 9773 §4.1): the key identifier of its
 * issuer and its serial number, each in base64url, with a dot between.
 */
import 'reflect-metadata'
import { AuthorityKeyIdentifierExtension, X509Certificate } from '@peculiar/x509'
import { decodeBase64url } from '../jws/base64url.js'

export interface CertificateId {
  /** In hexadecimal, lower case. */
  issuerKeyId: string
  /** In decimal, as certificates are kept by. */
  serial: string
}

// RFC 5280 §4.1.2.2: a serial number has 20 octets at most; 64 is the longest hash that a key identifier would be.
const syntax = /^([A-Za-z0-9_-]{1,86})\.([A-Za-z0-9_-]{1,27})$/

/** X.690 §8.3.2: the shortest form, and a serial number is positive. */
const isPositiveDer = (bytes: Buffer): boolean => {
  const [first = 0, second = 0] = bytes
  return first < 0x80 && (first !== 0 || bytes.length === 1 || second >= 0x80)
}

/** Undefined for any text that is no identifier. */
export function parseCertificateId(text: string): CertificateId | undefined {
  const [, keyPart = '', serialPart = ''] = syntax.exec(text) ?? []
  const keyId = decodeBase64url(keyPart)
  const serial = decodeBase64url(serialPart)
  if (!keyId?.length || !serial?.length || !isPositiveDer(serial)) return undefined
  return { issuerKeyId: keyId.toString('hex'), serial: BigInt(`0x${serial.toString('hex')}`).toString() }
}

/** Of a certificate that is there by its serial number: whether the issuer is the one that was named. */
export function isIssuedBy(pem: string, { issuerKeyId }: Pick<CertificateId, 'issuerKeyId'>): boolean {
  const extension = new X509Certificate(pem).getExtension(AuthorityKeyIdentifierExtension)
  return extension?.keyId?.toLowerCase() === issuerKeyId
}
