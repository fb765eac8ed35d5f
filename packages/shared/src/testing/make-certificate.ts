/** Certificates made at test time, as an authority of the service would issue them. */
import 'reflect-metadata'
import { webcrypto } from 'node:crypto'
import * as x509 from '@peculiar/x509'

x509.cryptoProvider.set(webcrypto as unknown as Parameters<typeof x509.cryptoProvider.set>[0])
const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }

export interface TestCertificate {
  /** CN of the authority. */
  issuer: string
  notBefore: string
  notAfter?: string
  commonName?: string
  organizationName?: string
  /** Hexadecimal. */
  serialNumber?: string
}

/** PEM of a certificate with a key of its own; its serial is always the same unless one is given. */
export async function makeCertificate({
  issuer,
  notBefore,
  notAfter = '2049-01-01',
  commonName = 'www.example.ac.jp',
  organizationName = 'Example University',
  serialNumber = '2f1c0b7a9d3e4455667788990a1b2c3d',
}: TestCertificate): Promise<string> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber,
    subject: `C=JP, ST=Tokyo, L=Chiyoda-ku, O="${organizationName}", CN=${commonName}`,
    issuer: `C=JP, O=National Institute of Informatics, CN=${issuer}`,
    notBefore: new Date(notBefore),
    notAfter: new Date(notAfter),
    publicKey: keys.publicKey,
    signingKey: keys.privateKey,
    signingAlgorithm: algorithm,
    extensions: [new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: commonName }])],
  })
  return certificate.toString('pem')
}
