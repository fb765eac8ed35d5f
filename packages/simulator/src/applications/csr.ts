/** Certification requests (RFC 2986) in column 7: Base64 on one line. */
import { createHash, createPublicKey, verify, type KeyObject } from 'node:crypto'
import { type Element, expectTag, readElements, readOid, readText, tags } from './der.js'

export interface Csr {
  /** Attribute type and value, in the order of the request; 'multiple' where one RDN holds several. */
  subject: readonly (readonly [type: string, value: string])[]
  publicKey: KeyObject
  isSignatureValid: boolean
  /** Object identifiers of its attributes, such as that of the extensions asked for. */
  attributeTypes: readonly string[]
}

const base64Form = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

/** RFC 4055 §5 and RFC 5758 §3.2: SHA-256 or better with RSASSA-PKCS1-v1_5 or ECDSA. */
const hashes: Record<string, string> = {
  '1.2.840.113549.1.1.11': 'sha256',
  '1.2.840.113549.1.1.12': 'sha384',
  '1.2.840.113549.1.1.13': 'sha512',
  '1.2.840.10045.4.3.2': 'sha256',
  '1.2.840.10045.4.3.3': 'sha384',
  '1.2.840.10045.4.3.4': 'sha512',
}

/** RFC 5280 appendix A.1: the attributes that column 1 may hold. */
const attributeNames: Record<string, string> = {
  '2.5.4.3': 'CN',
  '2.5.4.6': 'C',
  '2.5.4.7': 'L',
  '2.5.4.8': 'ST',
  '2.5.4.10': 'O',
  '2.5.4.11': 'OU',
}

const inside = (element: Element | undefined, tag: number): Element[] =>
  readElements(expectTag(element, tag).content)

function readRdn(rdn: Element): readonly [string, string] {
  const [pair, ...others] = inside(rdn, tags.set)
  if (others.length > 0) return ['multiple', '']
  const [type, value] = inside(pair, tags.sequence)
  if (!value) throw new Error('an attribute without value')
  const oid = readOid(type)
  return [attributeNames[oid] ?? oid, readText(value)]
}

/** What RFC 2986 §4 calls them, as they came. */
interface Parts {
  /** The octets that are signed. */
  information: Buffer
  subject: Element
  publicKeyInfo: Element
  attributes: readonly Element[]
  signatureAlgorithm: Element
  signature: Buffer
}

/** @throws Error when the octets are no certification request. */
function readParts(der: Buffer): Parts {
  const [request, ...behind] = readElements(der)
  if (behind.length > 0) throw new Error('octets behind the request')
  const [information, signatureAlgorithm, bits] = inside(request, tags.sequence)
  const [version, subject, publicKeyInfo, attributes] = inside(information, tags.sequence)
  expectTag(version, tags.integer)
  const signature = expectTag(bits, tags.bitString).content
  if (signature[0] !== 0) throw new Error('a signature of broken octets')
  return {
    information: expectTag(information, tags.sequence).whole,
    subject: expectTag(subject, tags.sequence),
    publicKeyInfo: expectTag(publicKeyInfo, tags.sequence),
    attributes: attributes ? inside(attributes, ATTRIBUTES) : [],
    signatureAlgorithm: expectTag(signatureAlgorithm, tags.sequence),
    signature: signature.subarray(1),
  }
}

/** [0] IMPLICIT SET OF Attribute. */
const ATTRIBUTES = 0xa0

/** @throws Error when the octets are no certification request. */
function parse(der: Buffer): Csr {
  const parts = readParts(der)
  const publicKey = createPublicKey({ key: parts.publicKeyInfo.whole, format: 'der', type: 'spki' })
  const hash = hashes[readOid(readElements(parts.signatureAlgorithm.content)[0])]
  const isSignatureValid = hash !== undefined && verify(hash, parts.information, publicKey, parts.signature)
  const attributeTypes = parts.attributes.map((attribute) => readOid(inside(attribute, tags.sequence)[0]))
  const subject = readElements(parts.subject.content).map(readRdn)
  return { subject, publicKey, isSignatureValid, attributeTypes }
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

/** The SubjectPublicKeyInfo (DER) of a request that has been checked. */
export const publicKeyInfoIn = (text: string): Buffer =>
  readParts(Buffer.from(text, 'base64')).publicKeyInfo.whole

/** Names a request in lists for tests: SHA-256 of its DER, in hexadecimal. */
export const csrHash = (text: string): string =>
  createHash('sha256').update(Buffer.from(text, 'base64')).digest('hex')
