/**
 * Builds the chain above a leaf from the CA certificates the operator configured.
 *
 * Links are proven by signature, not by name alone: a cross certificate has the
 * name of a root and another issuer. Source: docs/issuance-system.md, "Chains".
 */
import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'

const pemBlock = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g
// Leaf, issuing CA, root, and cross certificates between: no real chain is longer.
const LONGEST = 8

const isSelfIssued = (certificate: X509Certificate): boolean => certificate.subject === certificate.issuer

const readCertificates = (file: string): X509Certificate[] =>
  (readFileSync(file, 'utf8').match(pemBlock) ?? []).map((pem) => new X509Certificate(pem))

const isIssuedBy = (certificate: X509Certificate, issuer: X509Certificate): boolean =>
  certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey)

/**
 * Files are read when a chain is first asked for, and again when an issuer is
 * not among them: a CA change then needs a new file, not a restart.
 * @returns a function from a leaf (PEM) to the certificates above it, issuer first, without the root
 */
export function loadChains(files: readonly string[]): (leafPem: string) => string[] {
  let known: X509Certificate[] = []
  const findIssuer = (certificate: X509Certificate): X509Certificate | undefined => {
    const find = () => known.find((candidate) => isIssuedBy(certificate, candidate))
    const issuer = find()
    if (issuer) return issuer
    known = files.flatMap(readCertificates)
    return find()
  }
  return (leafPem) => {
    const chain: X509Certificate[] = []
    for (
      let at = findIssuer(new X509Certificate(leafPem));
      at && !isSelfIssued(at) && chain.length < LONGEST;
      at = findIssuer(at)
    )
      chain.push(at)
    if (chain.length === 0)
      throw new Error('No configured CA certificate issued this certificate; add it to chainFiles')
    return chain.map((certificate) => certificate.toString())
  }
}
