/** A two-level CA for tests: made when the test starts, gone with it. */
import 'reflect-metadata'
import { webcrypto } from 'node:crypto'
import * as x509 from '@peculiar/x509'

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
const day = 86_400_000

interface Issuer {
  certificate: x509.X509Certificate
  keys: webcrypto.CryptoKeyPair
}

export interface IssueOptions {
  names: string[]
  publicKey: x509.PublicKey | webcrypto.CryptoKey
  subject?: string
  notBefore?: Date
  /** 198 days, as UPKI has it today. */
  notAfter?: Date
  /** Renewal information is asked for by it (RFC 9773 §4.1). */
  namesIssuerKey?: boolean
}

export class CertificateAuthority {
  private constructor(
    readonly root: Issuer,
    readonly intermediate: Issuer,
  ) {}

  static async create(): Promise<CertificateAuthority> {
    const root = await createCa('CN=Test Root', undefined)
    return new CertificateAuthority(root, await createCa('CN=Test Issuing CA', root))
  }

  /** PEM of leaf and issuing CA. */
  async issue(options: IssueOptions): Promise<string> {
    const { names, publicKey, subject = '', notBefore, notAfter, namesIssuerKey = false } = options
    const { keys, certificate } = this.intermediate
    const leaf = await x509.X509CertificateGenerator.create({
      serialNumber: randomSerial(),
      subject,
      issuer: certificate.subjectName,
      notBefore: notBefore ?? new Date(Date.now() - 60_000),
      notAfter: notAfter ?? new Date(Date.now() + 198 * day),
      publicKey,
      signingKey: keys.privateKey,
      signingAlgorithm: algorithm,
      extensions: [
        subjectAlternativeName(names),
        ...(namesIssuerKey ? [await x509.AuthorityKeyIdentifierExtension.create(keys.publicKey)] : []),
      ],
    })
    return [leaf, certificate].map((one) => `${one.toString('pem')}\n`).join('')
  }

  /** A server's own key and chain, for TLS on this machine. */
  async issueForLoopback(): Promise<{ key: string; cert: string; ca: string }> {
    const keys = await generateKeys()
    const cert = await this.issue({ names: ['localhost'], publicKey: keys.publicKey })
    const key = x509.PemConverter.encode(
      await webcrypto.subtle.exportKey('pkcs8', keys.privateKey),
      'PRIVATE KEY',
    )
    return { key, cert, ca: `${this.root.certificate.toString('pem')}\n` }
  }
}

async function createCa(name: string, issuer: Issuer | undefined): Promise<Issuer> {
  const keys = await generateKeys()
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: randomSerial(),
    subject: name,
    issuer: issuer?.certificate.subjectName ?? name,
    notBefore: new Date(Date.now() - 400 * day),
    notAfter: new Date(Date.now() + 3650 * day),
    publicKey: keys.publicKey,
    signingKey: (issuer?.keys ?? keys).privateKey,
    signingAlgorithm: algorithm,
    extensions: [new x509.BasicConstraintsExtension(true, undefined, true)],
  })
  return { certificate, keys }
}

const subjectAlternativeName = (names: string[]) =>
  new x509.SubjectAlternativeNameExtension(names.map((value) => ({ type: 'dns', value })))

const generateKeys = () => webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])

/** 127 bits, positive. */
const randomSerial = () =>
  Buffer.from(
    webcrypto.getRandomValues(new Uint8Array(16)).map((byte, index) => (index ? byte : (byte & 0x7f) | 1)),
  ).toString('hex')
