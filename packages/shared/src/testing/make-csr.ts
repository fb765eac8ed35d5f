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
}

export const sampleSubject = 'C=JP,ST=Tokyo,L=Chiyoda-ku,O=Example University,CN=www.example.ac.jp'

/** DER of a CSR with a key of its own. */
export async function makeCsrDer({ key = 'rsa2048', ...options }: TestCsr = {}): Promise<Uint8Array> {
  const algorithm = algorithms[key]
  const keys = (await webcrypto.subtle.generateKey(algorithm, true, [
    'sign',
    'verify',
  ])) as webcrypto.CryptoKeyPair
  const { subject = sampleSubject, dnsNames, challengePassword } = options
  const csr = await x509.Pkcs10CertificateRequestGenerator.create({
    name: new x509.Name(subject.split(',').map(toNameAttribute)),
    keys,
    signingAlgorithm: algorithm,
    extensions: dnsNames
      ? [new x509.SubjectAlternativeNameExtension(dnsNames.map((value) => ({ type: 'dns' as const, value })))]
      : [],
    attributes: challengePassword ? [new x509.ChallengePasswordAttribute(challengePassword)] : [],
  })
  return new Uint8Array(csr.rawData)
}

function toNameAttribute(part: string): Record<string, string[]> {
  const [name = '', value = ''] = part.split('=')
  return { [name === 'emailAddress' ? 'E' : name]: [value] }
}

/** One line of Base64, as TSV column 7 holds it. */
export const makeCsr = async (options?: TestCsr): Promise<string> =>
  Buffer.from(await makeCsrDer(options)).toString('base64')
