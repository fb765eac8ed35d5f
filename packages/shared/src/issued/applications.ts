/**
 * Applications that follow from what was issued: revocations and renewals, one by one or all of an authority.
 *
 * Revocation at short notice is a real event (2019, 2021, 2025), so whole reports are taken.
 * Source: docs/upki-tsv.md, "Columns 5 and 6".
 */
import type { Application, ApplicationFields } from '../application/application.js'
import type { ApplicationInput } from '../application/input.js'
import type { KindFamily } from '../application/kind.js'
import type { ReportRow } from '../report/report.js'
import { readCertificate } from './certificate.js'

/** What a revocation says beside which certificate it means. */
export interface RevocationDetails {
  /** 0, 1, 3, 4 or 5. */
  reason: string
  comment?: string
  subscriberEmail?: string
}

export type RevocableFamily = Exclude<KindFamily, 'subscriber'>

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
  const alive = rows.filter(
    ({ status, serial }) => serial !== '' && status !== 'revoked' && status !== 'unknown',
  )
  return {
    rows: alive.filter((row) => row.certificatePem !== '' && isMeant(row, filter)),
    untold: alive.filter((row) => row.certificatePem === ''),
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

/** The renewal of a row, with all that had to be repeated; the CSR is a new one, or still missing. */
export function renewalOf(row: ReportRow, csr?: string): ApplicationInput {
  const fields: ApplicationFields = {
    subjectDn: row.subjectDn,
    profileId: row.profileId,
    serial: row.serial,
    subscriberName: row.subscriberName,
    subscriberDepartment: row.subscriberDepartment,
    subscriberEmail: row.subscriberEmail,
    fqdn: row.fqdn,
    software: row.software,
    dnsNames: row.dnsNames,
    ...(csr && { csr }),
  }
  const filled = Object.entries(fields).filter(([, value]) => value !== '')
  return { kind: 'server-renew', fields: Object.fromEntries(filled) }
}
