/**
 * Builds the chain above a leaf from the CA certificates the operator configured.
 *
 * Links are proven by signature, not by name alone: a cross certificate has the
 * name of a root and another issuer. Source: docs/operations.md, "Settings".
 */
import { X509Certificate } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { readCertificate } from '../certificate-facts.js'

const pemBlock = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g
// As many as anybody would want to choose from; cross certificates could be combined without end.
const MOST_CHAINS = 8
// Leaf, issuing CA, root, and cross certificates between: no real chain is longer.
const LONGEST = 8

const isSelfIssued = (certificate: X509Certificate): boolean => certificate.subject === certificate.issuer

const readCertificates = (file: string): X509Certificate[] =>
  (readFileSync(file, 'utf8').match(pemBlock) ?? []).map((pem) => new X509Certificate(pem))

const isIssuedBy = (certificate: X509Certificate, issuer: X509Certificate): boolean =>
  certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey)

type FindIssuers = (certificate: X509Certificate) => X509Certificate[]

/** The links of those that were read are proven once; a leaf is forgotten with whoever holds it. */
function proveOnce(known: readonly X509Certificate[]): FindIssuers {
  const above = new WeakMap<X509Certificate, X509Certificate[]>()
  return (certificate) => {
    const issuers = above.get(certificate) ?? known.filter((one) => isIssuedBy(certificate, one))
    above.set(certificate, issuers)
    return issuers
  }
}

/** Changes with any of the files. */
const stateOf = (files: readonly string[]): string =>
  files
    .map((file) => {
      const { ino, size, mtimeMs } = statSync(file)
      return `${ino} ${size} ${mtimeMs}`
    })
    .join(', ')

/**
 * Files are read when a chain is first asked for, and again when an issuer is not among them and they have changed
 * since: a CA change then needs a new file, not a restart.
 */
function makeFindIssuers(files: readonly string[]): FindIssuers {
  let find = proveOnce([])
  let read: string | undefined
  return (certificate) => {
    const issuers = find(certificate)
    if (issuers.length > 0) return issuers
    const state = stateOf(files)
    if (state === read) return []
    find = proveOnce(files.flatMap(readCertificates))
    read = state
    return find(certificate)
  }
}

/** Every way from a certificate upwards; it ends below a root, or where nothing is known of the issuer. */
function* walk(
  findIssuers: FindIssuers,
  at: X509Certificate,
  below: readonly X509Certificate[] = [],
): Generator<readonly X509Certificate[]> {
  const isNew = (issuer: X509Certificate) => !below.some(({ raw }) => raw.equals(issuer.raw))
  const issuers = below.length < LONGEST ? findIssuers(at).filter(isNew) : []
  if (issuers.length === 0) yield below
  for (const issuer of issuers) {
    if (isSelfIssued(issuer)) yield below
    else yield* walk(findIssuers, issuer, [...below, issuer])
  }
}

function* firstOf<T>(items: Iterable<T>, count: number): Generator<T> {
  for (const item of items) {
    yield item
    if (--count <= 0) return
  }
}

const toPem = (chain: readonly X509Certificate[]): string[] =>
  chain.map((certificate) => certificate.toString())

export interface Chains {
  /**
   * From a leaf (PEM) to the certificates above it, issuer first, without the root; where there are several chains,
   * the one whose certificates stand first in the files.
   * @throws when the issuer is not known
   */
  chainFor: (leafPem: string) => string[]
  /** From a leaf (PEM) to its chains, that of `chainFor` first; none when the issuer is not known. */
  allChainsFor: (leafPem: string) => string[][]
}

export function loadChains(files: readonly string[]): Chains {
  const findIssuers = makeFindIssuers(files)
  return {
    chainFor: (leafPem) => {
      const [chain = []] = firstOf(walk(findIssuers, readCertificate(leafPem)), 1)
      if (chain.length === 0)
        throw new Error('No configured CA certificate issued this certificate; add it to chainFiles')
      return toPem(chain)
    },
    allChainsFor: (leafPem) => {
      const chains = [...firstOf(walk(findIssuers, readCertificate(leafPem)), MOST_CHAINS)]
      const byText = new Map(chains.map((chain) => [toPem(chain).join(''), toPem(chain)]))
      byText.delete('')
      return [...byText.values()]
    },
  }
}
