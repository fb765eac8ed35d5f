/**
 * Applications that follow from what was issued: revocations and renewals, one by one or all of an authority.
 *
 * Revocation at short notice is a real event (2019, 2021, 2025), so whole reports are taken.
 * Source: docs/upki-tsv.md, "Columns 5 and 6: revocation".
 */
import type { Application, ApplicationFields } from '../application/application.js'
import type { ApplicationInput } from '../application/input.js'
import type { KindFamily } from '../application/kind.js'
import type { ReportRow } from '../report/report.js'
import { kindTables } from '../tsv/index.js'
import { readCertificate } from './certificate.js'

/** What a revocation says beside which certificate it means. */
export interface RevocationDetails {
  /** 0, 1, 3, 4 or 5. */
  reason: string
  comment?: string
  subscriberEmail?: string
}

export type RevocableFamily = Exclude<KindFamily, 'subscriber'>

const certified = ['server', 'client', 'smime'] as const

/** What a certificate certifies, by its profile; one without a known profile is a server's. */
export const familyOfProfile = (profileId: string): (typeof certified)[number] =>
  certified.find((family) => kindTables[`${family}-issue`].profiles.includes(profileId)) ?? 'server'

export function revocationOf(
  { subjectDn, serial }: { subjectDn: string; serial: string },
  { reason, comment, subscriberEmail }: RevocationDetails,
  family: RevocableFamily = 'server',
): Application {
  return {
    kind: `${family}-revoke`,
    fields: {
      subjectDn,
      serial,
      revocationReason: reason,
      ...(comment && { revocationComment: comment }),
      ...(subscriberEmail && { subscriberEmail }),
    },
  }
}

/** Which rows of a report are meant; what is absent does not choose. */
export interface ReportFilter {
  /** Part of the authority's name, such as `G7`. */
  issuer?: string
  /** Issued at this moment or later. */
  since?: Date
  /** Issued before this moment. */
  until?: Date
  /** Decimal serials. */
  serials?: readonly string[]
  /** Certificates that have ended by then need nothing. */
  now: Date
}

export interface Selected {
  rows: ReportRow[]
  /** Rows that may be meant but hold no certificate to tell it by. */
  untold: ReportRow[]
}

/** Certificates in force that the filter means. Rows without a certificate are told, never passed over. */
export function selectRows(rows: readonly ReportRow[], filter: ReportFilter): Selected {
  const { issuer, since, until, serials } = filter
  const alive = rows.filter(
    ({ status, serial }) =>
      serial !== '' && status !== 'revoked' && status !== 'unknown' && (serials?.includes(serial) ?? true),
  )
  // A row that is named needs no certificate to be told by.
  const isNamed = serials !== undefined && !issuer && !since && !until
  const hasNone = (row: ReportRow): boolean => row.certificatePem === ''
  return {
    rows: alive.filter((row) => (hasNone(row) ? isNamed : isMeant(row, filter))),
    untold: isNamed ? [] : alive.filter(hasNone),
  }
}

function isMeant({ certificatePem }: ReportRow, { issuer, since, until, now }: ReportFilter): boolean {
  const certificate = readCertificate(certificatePem)
  return (
    certificate.notAfter > now &&
    (issuer === undefined || certificate.issuer.includes(issuer)) &&
    (since === undefined || certificate.notBefore >= since) &&
    (until === undefined || certificate.notBefore < until)
  )
}

/**
 * The renewal of a row, with all that had to be repeated. What is new is given: the CSR of a server; of a person
 * the name, the address and the file name too, which no report holds.
 */
export function renewalOf(row: ReportRow, given: ApplicationFields = {}): ApplicationInput {
  const family = familyOfProfile(row.profileId)
  const ofServer = { fqdn: row.fqdn, software: row.software, dnsNames: row.dnsNames }
  const fields: ApplicationFields = {
    profileId: row.profileId,
    subscriberName: row.subscriberName,
    subscriberDepartment: row.subscriberDepartment,
    subscriberEmail: row.subscriberEmail,
    ...(family === 'server' ? ofServer : { downloadType: row.downloadType }),
    ...given,
    subjectDn: row.subjectDn,
    serial: row.serial,
  }
  const filled = Object.entries(fields).filter(([, value]) => value !== '')
  return { kind: `${family}-renew`, fields: Object.fromEntries(filled) }
}
