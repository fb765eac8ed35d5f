/**
 * Certificate signing requests, PKCS #10 (RFC 2986), read for the checks that the service needs.
 *
 * Reading costs microseconds; the signature and the digests are worked out when asked for, once.
 * Source: docs/upki-tsv.md, "Column 7: CSR".
 */
import { createHash } from 'node:crypto'
import { toTsvOrder } from '../dn/order.js'
import { renderDn } from '../dn/dn.js'
import type { DnAttribute } from '../dn/dn.js'
import { readOnce } from '../recent/index.js'
import { isOneLineBase64, toOneLineBase64 } from './base64.js'
import { DerError, bitsOf, childrenOf, contentOf, oidOf, readOne, tags, textOf } from './der.js'
import type { DerElement } from './der.js'
import { readAttributes } from './attributes.js'
import type { CsrAttributes } from './attributes.js'
import { canonicalSpki } from './key-identity.js'
import { modulusOf, readKey } from './public-key.js'
import type { KeyType, PublicKey } from './public-key.js'
import { isWeakModulus } from './weak-rsa.js'
import { isSignatureValid, isStrongAlgorithm, signatureAlgorithmName } from './signature.js'

/** Why a text is not a CSR: not Base64 or PEM, too long, or not the DER of one. */
export type CsrFault = 'encoding' | 'tooLong' | 'structure'

export class CsrError extends Error {
  override name = 'CsrError'
  constructor(
    readonly fault: CsrFault,
    detail: string,
    options?: { cause: unknown },
  ) {
    super(detail, options)
  }
}

/** Longest text that is read, in characters: the column holds 2048, a PEM file adds lines. */
const maxTextLength = 20_000

const attributeNames: Record<string, string> = {
  '2.5.4.3': 'CN',
  '2.5.4.6': 'C',
  '2.5.4.7': 'L',
  '2.5.4.8': 'ST',
  '2.5.4.10': 'O',
  '2.5.4.11': 'OU',
  '1.2.840.113549.1.9.1': 'emailAddress',
}

interface CsrParts {
  der: Uint8Array
  info: DerElement
  subject: DnAttribute[]
  hasPrintableCountry: boolean
  key: PublicKey
  attributes: CsrAttributes
  algorithmId: string
  signature: Uint8Array
}

export class Csr {
  readonly der: Uint8Array
  /** In the order of the CSR; an attribute without a short name keeps its OID. */
  readonly subject: readonly DnAttribute[]
  /** The subject as TSV column 1 would write it: `CN=…,O=…,L=…,ST=…,C=JP`. */
  readonly subjectDn: string
  readonly keyType: KeyType
  /** dNSName entries of the requested subjectAltName, in order. */
  readonly dnsNames: readonly string[]
  /** True when the requested subjectAltName holds anything but dNSName. */
  readonly hasOtherNames: boolean
  readonly hasChallengePassword: boolean
  /** The "optional company name" of `openssl req`. */
  readonly hasUnstructuredName: boolean
  /** False when C is written as UTF8String or another type than PrintableString (RFC 5280, X520countryName). */
  readonly hasPrintableCountry: boolean
  /** Such as `sha256WithRSA`. */
  readonly signatureAlgorithm: string
  readonly hasStrongAlgorithm: boolean
  readonly #parts: CsrParts
  #spkiSha256?: string
  #keyIdentity?: string
  #sha256?: string
  #hasWeakKey?: boolean
  #signatureValid?: boolean

  constructor(parts: CsrParts) {
    this.#parts = parts
    this.der = parts.der
    this.subject = parts.subject
    this.subjectDn = renderDn(toTsvOrder(parts.subject))
    this.keyType = parts.key.keyType
    this.dnsNames = parts.attributes.dnsNames
    this.hasOtherNames = parts.attributes.hasOtherNames
    this.hasChallengePassword = parts.attributes.hasChallengePassword
    this.hasUnstructuredName = parts.attributes.hasUnstructuredName
    this.hasPrintableCountry = parts.hasPrintableCountry
    this.signatureAlgorithm = signatureAlgorithmName(parts.algorithmId)
    this.hasStrongAlgorithm = isStrongAlgorithm(parts.algorithmId)
  }

  /** SubjectPublicKeyInfo, DER. */
  get spki(): Uint8Array {
    return this.#parts.key.spki
  }

  /** SHA-256 of the SubjectPublicKeyInfo, hex. */
  get spkiSha256(): string {
    return (this.#spkiSha256 ??= sha256(this.#parts.key.spki))
  }

  /** Tells whether a key was used before: the same for RSA keys of one modulus. Mostly the same as `spkiSha256`. */
  get keyIdentity(): string {
    return (this.#keyIdentity ??= this.#identify())
  }

  #identify(): string {
    const canonical = canonicalSpki(this.#parts.key)
    return canonical === this.spki ? this.spkiSha256 : sha256(canonical)
  }

  /** SHA-256 of the whole CSR, hex. */
  get sha256(): string {
    return (this.#sha256 ??= sha256(this.der))
  }

  /** True for an RSA key that can be broken, long as it is. */
  get hasWeakKey(): boolean {
    return (this.#hasWeakKey ??= this.#isWeak())
  }

  #isWeak(): boolean {
    const modulus = modulusOf(this.#parts.key)
    return modulus !== undefined && isWeakModulus(modulus)
  }

  /** False also when the algorithm is weak, unknown or not one for the key. */
  get signatureValid(): boolean {
    const { algorithmId, key, info, signature } = this.#parts
    return (this.#signatureValid ??= isSignatureValid({ algorithmId, key, signed: info.bytes, signature }))
  }
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/**
 * Reads a CSR from one line of Base64, as the TSV column holds it, or from PEM.
 *
 * @throws {CsrError} for whatever is not a CSR; never anything else.
 */
export const parseCsr: (text: string) => Csr = readOnce(readText)

function readText(text: string): Csr {
  if (text.length > maxTextLength) throw new CsrError('tooLong', `longer than ${maxTextLength} characters`)
  const line = toOneLineBase64(text)
  if (!isOneLineBase64(line)) throw new CsrError('encoding', 'neither one line of Base64 nor PEM')
  const bytes = Buffer.from(line, 'base64')
  // A plain view: Buffer's own subarray is several times slower.
  return parseCsrDer(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length))
}

/** As {@link parseCsr}, from DER. @throws {CsrError} */
export function parseCsrDer(der: Uint8Array): Csr {
  try {
    return readCsr(der)
  } catch (error) {
    if (error instanceof DerError) throw new CsrError('structure', error.message, { cause: error })
    throw error
  }
}

// RFC 2986 §4: CertificationRequest ::= SEQUENCE { certificationRequestInfo, signatureAlgorithm, signature }
function readCsr(der: Uint8Array): Csr {
  const [info, algorithm, signature, ...rest] = childrenOf(readOne(der), tags.sequence)
  const [version, subject, spki, attributes, ...more] = childrenOf(info, tags.sequence)
  if (!info || !spki || rest.length + more.length > 0) throw new DerError('not a CertificationRequest')
  if (contentOf(version, tags.integer).join() !== '0') throw new DerError('version other than v1')
  return new Csr({
    der,
    info,
    ...readName(subject),
    key: readKey(spki),
    attributes: readAttributes(attributes),
    algorithmId: oidOf(childrenOf(algorithm, tags.sequence)[0]),
    signature: bitsOf(signature),
  })
}

function readName(name: DerElement | undefined): Pick<CsrParts, 'subject' | 'hasPrintableCountry'> {
  const read = childrenOf(name, tags.sequence).flatMap((relative) =>
    childrenOf(relative, tags.set).map(readNameAttribute),
  )
  return {
    subject: read.map(({ attribute }) => attribute),
    hasPrintableCountry: read.every(
      ({ attribute, tag }) => attribute.name !== 'C' || tag === tags.printableString,
    ),
  }
}

function readNameAttribute(element: DerElement): { attribute: DnAttribute; tag: number | undefined } {
  const [type, value] = childrenOf(element, tags.sequence)
  const oid = oidOf(type)
  return { attribute: { name: attributeNames[oid] ?? oid, value: textOf(value) }, tag: value?.tag }
}
