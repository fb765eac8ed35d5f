/** CSRs made at test time, good ones and bad ones. */
import 'reflect-metadata'
import { webcrypto } from 'node:crypto'
import * as x509 from '@peculiar/x509'

x509.cryptoProvider.set(webcrypto as unknown as Parameters<typeof x509.cryptoProvider.set>[0])

const algorithms = {
  rsa2048: rsa(2048, 'SHA-256'),
  rsa3072: rsa(3072, 'SHA-256'),
  rsaSha1: rsa(2048, 'SHA-1'),
  rsaSha512: rsa(2048, 'SHA-512'),
  p256: { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
  p384: { name: 'ECDSA', namedCurve: 'P-384', hash: 'SHA-384' },
  ed25519: { name: 'Ed25519' },
} as const

export type TestKey = keyof typeof algorithms

function rsa(modulusLength: number, hash: string) {
  return { name: 'RSASSA-PKCS1-v1_5', publicExponent: new Uint8Array([1, 0, 1]), modulusLength, hash }
}

export interface TestCsr {
  key?: TestKey
  /** In the order of the CSR; default the sample organisation with `www.example.ac.jp`. */
  subject?: string
  dnsNames?: string[]
  challengePassword?: string
  unstructuredName?: string
  /** Added to the subjectAltName. */
  ipAddress?: string
  /** C as a UTF8String instead of a PrintableString. */
  utf8Country?: boolean
}

/** What the sample organisation's CSR for this CN has. */
export const sampleSubjectFor = (commonName: string): string =>
  `C=JP,ST=Tokyo,L=Chiyoda-ku,O=Example University,CN=${commonName}`

export const sampleSubject = sampleSubjectFor('www.example.ac.jp')

/** DER of a CSR with a key of its own. */
export async function makeCsrDer({ key = 'rsa2048', ...options }: TestCsr = {}): Promise<Uint8Array> {
  const algorithm = algorithms[key]
  const keys = (await webcrypto.subtle.generateKey(algorithm, true, [
    'sign',
    'verify',
  ])) as webcrypto.CryptoKeyPair
  const csr = await x509.Pkcs10CertificateRequestGenerator.create({
    name: new x509.Name(nameOf(options)),
    keys,
    signingAlgorithm: algorithm,
    extensions: extensionsOf(options),
    attributes: attributesOf(options),
  })
  return new Uint8Array(csr.rawData)
}

function extensionsOf({ dnsNames = [], ipAddress }: TestCsr): x509.Extension[] {
  const names: x509.JsonGeneralNames = dnsNames.map((value) => ({ type: 'dns', value }))
  if (ipAddress) names.push({ type: 'ip', value: ipAddress })
  return names.length > 0 ? [new x509.SubjectAlternativeNameExtension(names)] : []
}

function attributesOf({ challengePassword, unstructuredName }: TestCsr): x509.Attribute[] {
  // PKCS #9: unstructuredName, here as a UTF8String.
  const utf8 = (text: string) => Buffer.from([0x0c, Buffer.byteLength(text), ...Buffer.from(text)])
  return [
    ...(challengePassword ? [new x509.ChallengePasswordAttribute(challengePassword)] : []),
    ...(unstructuredName ? [new x509.Attribute('1.2.840.113549.1.9.2', [utf8(unstructuredName)])] : []),
  ]
}

function nameOf({ subject = sampleSubject, utf8Country = false }: TestCsr): x509.JsonNameParams {
  return subject.split(',').map((part) => {
    const [name = '', value = ''] = part.split('=')
    if (name === 'C') return { C: [utf8Country ? { utf8String: value } : { printableString: value }] }
    return { [name === 'emailAddress' ? 'E' : name]: [value] }
  })
}

/** One line of Base64, as TSV column 7 holds it. */
export const makeCsr = async (options?: TestCsr): Promise<string> =>
  Buffer.from(await makeCsrDer(options)).toString('base64')

/** PEM of a CSR of the sample organisation with a P-384 key of its own. */
export const sampleCsr = (commonName: string): Promise<string> =>
  makeCsr({ key: 'p384', subject: sampleSubjectFor(commonName) })
