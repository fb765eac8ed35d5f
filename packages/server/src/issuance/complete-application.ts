/**
 * One application and its row in the report: issued, refused by the CA, or still in work.
 * Source: docs/issuance-cycle.md, step 9; docs/issuance-system.md, "Reports".
 */
import { revokesCertificate } from '@upki-gateway/shared/application'
import type { ReportRow } from '@upki-gateway/shared/report'
import type { InFlightRow } from '../store/applications.js'
import type { IssuedCertificate } from '../store/certificates.js'
import type { CertificateRow } from '../store/tables.js'
import { factsOfCertificate } from './certificate-facts.js'
import { reportOf } from './match-report.js'
import type { Move } from './move-applications.js'
import type { Environment } from './ports/environment.js'
import type { Failure } from './states.js'

function toCertificateRow(
  env: Environment,
  systemId: string,
  row: InFlightRow,
  pem: string,
): IssuedCertificate {
  return {
    ...factsOfCertificate(pem),
    organisation: row.organisation,
    application_id: row.id,
    common_name: row.common_name ?? '',
    subject_dn: row.fields.subjectDn ?? '',
    profile_id: row.fields.profileId ?? null,
    chain_pem: env.issuanceSystem(systemId).chainFor(pem).join(''),
    status: 'valid',
    category: reportOf(row),
    replaces_serial: replacedBy(row),
    subscriber_email: row.fields.subscriberEmail ?? null,
    created_at: env.now(),
  }
}

/** In decimal, as certificates are kept by; the row may hold it in hexadecimal. */
const replacedBy = ({ kind, fields }: InFlightRow): string | null =>
  kind === 'server-renew' && fields.serial !== undefined ? BigInt(fields.serial).toString() : null

function complete(
  env: Environment,
  systemId: string,
  row: InFlightRow,
  {
    certificatePem,
    status,
    revocationReason,
  }: Pick<ReportRow, 'certificatePem' | 'status' | 'revocationReason'>,
): Move | undefined {
  const certificate = toCertificateRow(env, systemId, row, certificatePem)
  const { serial } = certificate
  // It may have been revoked at the service before anybody here heard of it.
  const revoked = status === 'revoked' ? { serial, reason: revocationReason || null } : undefined
  // Keys of persons are made by the service: there is no CSR to compare with.
  if (row.spki_sha256 === null || certificate.spki_sha256 === row.spki_sha256)
    return { row, to: 'issued', certificate, revoked }
  env.log.error(
    { application: row.id, serial },
    'the report has a certificate for another key under this CSR; not accepted',
  )
  return undefined
}

/** The same with a certificate that an earlier report told of. @throws when its chain is not configured */
export const completeWith = (
  env: Environment,
  systemId: string,
  row: InFlightRow,
  { pem, status, revocation_reason: reason }: Pick<CertificateRow, 'pem' | 'status' | 'revocation_reason'>,
): Move | undefined =>
  complete(env, systemId, row, {
    certificatePem: pem,
    status: status === 'revoked' ? 'revoked' : 'issued',
    revocationReason: reason ?? '',
  })

/** The report shows the certificate as revoked: the application for that is done. */
const completeRevocation = (row: InFlightRow, serial: string): Move => ({
  row,
  to: 'revoked',
  revoked: { serial, reason: row.fields.revocationReason ?? null },
})

const refusedByCa = (code: string): Failure => ({
  upstreamCode: code,
  message: {
    ja: `認証局が発行できませんでした（${code}）。`,
    en: `The CA did not issue the certificate (${code}).`,
  },
  remedy: {
    ja: '登録担当者からNIIへ問い合わせてください。',
    en: 'Ask the registration authority operator to enquire at NII.',
  },
})

function showAsHeld(env: Environment, systemId: string, row: InFlightRow): Move | undefined {
  const waitedMs = env.now().getTime() - row.updated_at.getTime()
  const isHeld = waitedMs >= env.settings(systemId).heldAfterSeconds * 1000
  return row.state === 'submitted' && isHeld ? { row, to: 'held' } : undefined
}

/** @returns what becomes of the application, or undefined while nothing does */
export function outcomeOf(
  env: Environment,
  systemId: string,
  row: InFlightRow,
  reported: ReportRow,
): Move | undefined {
  const isRevocation = revokesCertificate(row.kind)
  // Whoever revoked it, and though it is unknown whether the file was taken: there is nothing left to do.
  if (isRevocation && row.state === 'unknown') return completeRevocation(row, reported.serial)
  if (row.state !== 'submitted' && row.state !== 'held') return undefined
  if (isRevocation) return completeRevocation(row, reported.serial)
  if (reported.certificatePem) return complete(env, systemId, row, reported)
  if (reported.errorCode) return { row, to: 'failed', failure: refusedByCa(reported.errorCode) }
  return showAsHeld(env, systemId, row)
}
