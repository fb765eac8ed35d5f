/**
 * One application and its row in the report: issued, refused by the CA, or still in work.
 * Source: docs/issuance-cycle.md, step 9; docs/issuance-system.md, "Report".
 */
import type { ReportRow } from '@upki-gateway/shared/report'
import type { InFlightRow } from '../store/applications.js'
import { appendAudit } from '../store/audit.js'
import { insertCertificate, markReplaced, markRevoked } from '../store/certificates.js'
import type { NewCertificateRow } from '../store/tables.js'
import { factsOfCertificate } from './certificate-facts.js'
import { reportOf } from './match-report.js'
import type { Environment } from './ports/environment.js'
import type { ApplicationState, Failure } from './states.js'

function toCertificateRow(
  env: Environment,
  systemId: string,
  row: InFlightRow,
  pem: string,
): NewCertificateRow & { serial: string } {
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

interface Revoked {
  serial: string
  reason: string | null
}

/** Moves on only from a state under way, so that reading the same report twice changes nothing. */
async function move(
  env: Environment,
  row: InFlightRow,
  to: ApplicationState,
  more: { failure?: Failure; certificate?: NewCertificateRow; revoked?: Revoked } = {},
): Promise<void> {
  const now = env.now()
  await env.db.transaction().execute(async (trx) => {
    const { numUpdatedRows } = await trx
      .updateTable('applications')
      .set({
        state: to,
        updated_at: now,
        failure: more.failure && JSON.stringify(more.failure),
        certificate_serial: more.certificate?.serial,
      })
      .where('id', '=', row.id)
      .where('state', '=', row.state)
      .executeTakeFirst()
    if (numUpdatedRows === 0n) return
    if (more.certificate) await insertCertificate(trx, more.certificate)
    if (more.certificate?.replaces_serial) await markReplaced(trx, more.certificate.replaces_serial, now)
    if (more.revoked) await markRevoked(trx, more.revoked.serial, { now, reason: more.revoked.reason })
    await appendAudit(trx, [
      {
        at: now,
        actor: 'gateway',
        action: `application.${to}`,
        subject: row.id,
        detail: { serial: more.certificate?.serial ?? more.revoked?.serial },
      },
    ])
  })
  // Another application for this CN may have waited for the outcome.
  if (to !== 'held') env.ring('assemble')
}

async function complete(env: Environment, systemId: string, row: InFlightRow, pem: string): Promise<void> {
  const certificate = toCertificateRow(env, systemId, row, pem)
  // Keys of persons are made by the service: there is no CSR to compare with.
  if (row.spki_sha256 !== null && certificate.spki_sha256 !== row.spki_sha256) {
    env.log.error(
      { application: row.id, serial: certificate.serial },
      'the report has a certificate for another key under this CSR; not accepted',
    )
    return
  }
  await move(env, row, 'issued', { certificate })
}

/** The report shows the certificate as revoked: the application for that is done. */
async function completeRevocation(env: Environment, row: InFlightRow, serial: string): Promise<void> {
  await move(env, row, 'revoked', { revoked: { serial, reason: row.fields.revocationReason ?? null } })
}

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

async function showAsHeld(env: Environment, systemId: string, row: InFlightRow): Promise<void> {
  const waitedMs = env.now().getTime() - row.updated_at.getTime()
  if (row.state === 'submitted' && waitedMs >= env.settings(systemId).heldAfterSeconds * 1000)
    await move(env, row, 'held')
}

export async function completeApplication(
  env: Environment,
  systemId: string,
  row: InFlightRow,
  reported: ReportRow,
): Promise<void> {
  if (row.state !== 'submitted' && row.state !== 'held') return
  if (row.kind.endsWith('-revoke')) return completeRevocation(env, row, reported.serial)
  if (reported.certificatePem) return complete(env, systemId, row, reported.certificatePem)
  if (reported.errorCode) return move(env, row, 'failed', { failure: refusedByCa(reported.errorCode) })
  await showAsHeld(env, systemId, row)
}
