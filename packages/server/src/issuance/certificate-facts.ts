/** What a certificate says of itself, as it is stored. Pure. */
import { X509Certificate } from 'node:crypto'
import { keyIdentity } from '@upki-gateway/shared/csr'
import { readOnce } from '@upki-gateway/shared/recent'
import type { NewCertificateRow } from '../store/tables.js'

type Facts = Pick<
  NewCertificateRow,
  'serial' | 'names' | 'spki_sha256' | 'pem' | 'not_before' | 'not_after' | 'issuer_dn'
>

/** @throws when it is not a certificate */
export const readCertificate = readOnce((pem) => new X509Certificate(pem))

const keyOf = (certificate: X509Certificate): string =>
  keyIdentity(certificate.publicKey.export({ type: 'spki', format: 'der' }))

const namesIn = (certificate: X509Certificate): string[] =>
  (certificate.subjectAltName ?? '')
    .split(', ')
    .flatMap((entry) => (entry.startsWith('DNS:') ? [entry.slice(4)] : []))

/** One line, most specific attribute first, as subject DNs are written here. */
const oneLine = (name: string): string => name.split('\n').toReversed().join(',')

/** CN in lower case, or empty: a certificate need not have one. */
export const commonNameOf = (pem: string): string =>
  /(?:^|\n)CN=([^\n]+)/.exec(readCertificate(pem).subject)?.[1]?.toLowerCase() ?? ''

export const subjectOf = (pem: string): string => oneLine(readCertificate(pem).subject)

/** @throws when it is not a certificate */
export function factsOfCertificate(pem: string): Facts {
  const certificate = readCertificate(pem)
  return {
    serial: BigInt(`0x${certificate.serialNumber}`).toString(),
    names: namesIn(certificate),
    spki_sha256: keyOf(certificate),
    pem: certificate.toString(),
    not_before: new Date(certificate.validFrom),
    not_after: new Date(certificate.validTo),
    issuer_dn: oneLine(certificate.issuer),
  }
}
