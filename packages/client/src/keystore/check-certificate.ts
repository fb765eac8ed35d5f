/** What a certificate must fulfil before it may replace another: our key, our names, valid now, a chain that holds. */
import { createHash, createPrivateKey, type X509Certificate } from 'node:crypto'
import type { Bilingual } from '@upki-gateway/shared/problem'
import { renderInstant } from '../terminal/duration.js'

/** Clocks of servers in the field are off by minutes. */
const clockSkewMs = 5 * 60_000

export interface Expected {
  /** PKCS #8 PEM; or, for a key that lies elsewhere, the SHA-256 of its public part. */
  privateKey?: string
  spkiSha256?: string
  names: readonly string[]
  now: Date
}

/** Reasons not to use the chain (leaf first); none when it is good. */
export function checkCertificate(chain: readonly X509Certificate[], expected: Expected): Bilingual[] {
  const [leaf] = chain
  if (!leaf) return [noCertificate]
  return [
    ...checkKey(leaf, expected),
    ...checkNames(leaf, expected.names),
    ...checkDates(leaf, expected.now),
    ...chain.flatMap((certificate, index) => checkIssuer(certificate, chain[index + 1])),
  ]
}

/** DNS names of the subject alternative name, lower-cased, in the certificate's order. */
export function dnsNames(certificate: X509Certificate): string[] {
  const entries = certificate.subjectAltName?.split(', ') ?? []
  return entries
    .filter((entry) => entry.startsWith('DNS:'))
    .map((entry) => entry.slice('DNS:'.length).toLowerCase())
}

/** Whether two lists hold the same names, in any order. */
export function sameNames(one: readonly string[], other: readonly string[]): boolean {
  const names = new Set(one)
  return names.size === new Set(other).size && other.every((name) => names.has(name))
}

function checkKey(leaf: X509Certificate, { privateKey, spkiSha256 }: Expected): Bilingual[] {
  const fits = privateKey
    ? leaf.checkPrivateKey(createPrivateKey(privateKey))
    : spkiSha256 === digestOf(leaf.publicKey.export({ type: 'spki', format: 'der' }))
  if (fits) return []
  return [{ en: 'It is for another key.', ja: '別の鍵に対する証明書です。' }]
}

const digestOf = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')

function checkNames(leaf: X509Certificate, names: readonly string[]): Bilingual[] {
  const issued = dnsNames(leaf)
  if (sameNames(issued, names)) return []
  const [asked, given] = [names.join(', '), issued.join(', ')]
  return [
    {
      en: `It names ${given}, but ${asked} was ordered.`,
      ja: `名前が ${given} で、注文の ${asked} と違います。`,
    },
  ]
}

function checkDates(leaf: X509Certificate, now: Date): Bilingual[] {
  const from = new Date(leaf.validFrom)
  const to = new Date(leaf.validTo)
  if (to <= now)
    return [
      { en: `It expired on ${renderInstant(to)}.`, ja: `${renderInstant(to)} に有効期限が切れています。` },
    ]
  if (from.getTime() - clockSkewMs <= now.getTime()) return []
  return [
    {
      en: `It is valid only from ${renderInstant(from)}; this machine's clock says ${renderInstant(now)}.`,
      ja: `有効期間は ${renderInstant(from)} からですが、このマシンの時計は ${renderInstant(now)} です。`,
    },
  ]
}

function checkIssuer(certificate: X509Certificate, issuer: X509Certificate | undefined): Bilingual[] {
  if (!issuer) return []
  if (certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey)) return []
  return [
    {
      en: 'A certificate of its chain is not signed by the next one.',
      ja: 'チェーンの中に、次の証明書で署名されていない証明書があります。',
    },
  ]
}

const noCertificate: Bilingual = { en: 'There is no certificate in it.', ja: '証明書が含まれていません。' }
