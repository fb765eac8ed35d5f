/** Certification requests (RFC 2986) in column 7: Base64 on one line. */
import 'reflect-metadata'
import { createHash, createPublicKey, verify, type KeyObject } from 'node:crypto'
import { Pkcs10CertificateRequest } from '@peculiar/x509'

export interface Csr {
  /** Attribute type and value, in the order of the request; 'multiple' where one RDN holds several. */
  subject: readonly (readonly [type: string, value: string])[]
  publicKey: KeyObject
  isSignatureValid: boolean
  /** Object identifiers of its attributes, such as that of the extensions asked for. */
  attributeTypes: readonly string[]
}

const base64Form = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

/** First and last octet of the element that begins at `offset`: X.690 §8.1. */
function extent(der: Buffer, offset: number): { content: number; end: number } {
  const first = der[offset + 1] ?? 0
  const lengthOctets = first < 0x80 ? 0 : first & 0x7f
  const content = offset + 2 + lengthOctets
  return { content, end: content + (lengthOctets === 0 ? first : der.readUIntBE(offset + 2, lengthOctets)) }
}

/** The octets that are signed, exactly as they came. */
function certificationRequestInfo(der: Buffer): Buffer {
  const { content } = extent(der, 0)
  return der.subarray(content, extent(der, content).end)
}

/** The library's own type for this lives in the DOM's declarations. */
interface SignatureAlgorithm {
  name: string
  hash?: { name: string }
}

/** SHA-256 or better with RSASSA-PKCS1-v1_5 or ECDSA; undefined for everything else. */
function hashOf(request: Pkcs10CertificateRequest): string | undefined {
  const { name, hash } = request.signatureAlgorithm as unknown as SignatureAlgorithm
  if (name !== 'RSASSA-PKCS1-v1_5' && name !== 'ECDSA') return undefined
  return ['SHA-256', 'SHA-384', 'SHA-512'].find((accepted) => accepted === hash?.name)
}

const subjectOf = (request: Pkcs10CertificateRequest) =>
  request.subjectName.toJSON().map((name): readonly [string, string] => {
    const [[type, values] = ['', []], ...others] = Object.entries(name)
    return others.length > 0 || values.length !== 1 ? ['multiple', ''] : [type, values[0] ?? '']
  })

/** @throws Error when the octets are no certification request. */
function parse(der: Buffer): Csr {
  if (extent(der, 0).end !== der.length) throw new Error('octets behind the request')
  const request = new Pkcs10CertificateRequest(der)
  const publicKeyInfo = Buffer.from(request.publicKey.rawData)
  const publicKey = createPublicKey({ key: publicKeyInfo, format: 'der', type: 'spki' })
  const hash = hashOf(request)
  const isSignatureValid =
    hash !== undefined &&
    verify(hash, certificationRequestInfo(der), publicKey, Buffer.from(request.signature))
  const attributeTypes = request.attributes.map(({ type }) => type)
  return { subject: subjectOf(request), publicKey, isSignatureValid, attributeTypes }
}

/** undefined when the text is no Base64 on one line, or holds no certification request. */
export function readCsr(text: string): Csr | undefined {
  if (text === '' || !base64Form.test(text)) return undefined
  try {
    return parse(Buffer.from(text, 'base64'))
  } catch {
    // Whatever a parser dislikes in the octets is one finding for the applicant.
    return undefined
  }
}

/**
 * The SubjectPublicKeyInfo (DER) of a request that has been checked, cut out without
 * parsing the rest: it follows version and subject (RFC 2986 §4.1).
 */
export function publicKeyInfoIn(text: string): Buffer {
  const information = certificationRequestInfo(Buffer.from(text, 'base64'))
  const version = extent(information, extent(information, 0).content)
  const start = extent(information, version.end).end
  return information.subarray(start, extent(information, start).end)
}

/** Names a request in lists for tests: SHA-256 of its DER, in hexadecimal. */
export const csrHash = (text: string): string =>
  createHash('sha256').update(Buffer.from(text, 'base64')).digest('hex')
