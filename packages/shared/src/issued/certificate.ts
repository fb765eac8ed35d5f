/** What an application for renewal or revocation needs of an issued certificate. */
import { X509Certificate } from 'node:crypto'
import type { DnAttribute } from '../dn/index.js'
import { renderDn, toTsvOrder } from '../dn/index.js'

export interface IssuedCertificate {
  /** In the order of TSV column 1. */
  subjectDn: string
  /** Decimal. */
  serial: string
  /** CN of the authority, such as `NII Open Domain CA - G7 RSA`; its whole name when it has no CN. */
  issuer: string
  notBefore: Date
  notAfter: Date
  dnsNames: string[]
}

/** @throws when the text or bytes are no certificate. */
export function readCertificate(pemOrDer: string | Uint8Array): IssuedCertificate {
  const certificate = new X509Certificate(pemOrDer)
  const issuer = readName(certificate.issuer)
  return {
    subjectDn: renderDn(toTsvOrder(readName(certificate.subject))),
    serial: BigInt(`0x${certificate.serialNumber}`).toString(),
    issuer: issuer.find(({ name }) => name === 'CN')?.value ?? renderDn(issuer),
    notBefore: new Date(certificate.validFrom),
    notAfter: new Date(certificate.validTo),
    dnsNames: (certificate.subjectAltName ?? '')
      .split(', ')
      .flatMap((name) => /^DNS:([\w.*-]+)$/.exec(name)?.[1] ?? []),
  }
}

/** Node writes one attribute per line, with a backslash before what RFC 4514 escapes. */
const readName = (text: string): DnAttribute[] =>
  text.split('\n').flatMap((line) => {
    const equals = line.indexOf('=')
    return equals < 0
      ? []
      : [{ name: line.slice(0, equals), value: line.slice(equals + 1).replace(/\\(.)/g, '$1') }]
  })
