/**
 * A revocation that waited for an operator may be about a certificate that is revoked by now, by another application or
 * by its CA, or that has ended: the service would refuse it. Source: docs/issuance-cycle.md, step 4.
 */
import { revokesCertificate } from '@upki-gateway/shared/application'
import { decimalOf } from '@upki-gateway/shared/identifier'
import { ProblemError } from '../problem/problem-error.js'
import { lockCertificates } from '../store/certificates.js'
import type { Transaction } from '../store/database.js'
import { findRevocations } from '../store/inventory.js'
import type { ApplicationRow } from '../store/tables.js'
import { isRevocable } from './revoke-certificates.js'

const conflict = (en: string, ja: string): ProblemError =>
  new ProblemError('conflict', `${en}; reject this application`, {
    ja: `${ja}この申請は却下してください。`,
  })

/** As the row holds it, perhaps in hexadecimal where it was stored before those became decimal, and as certificates are kept by. */
const formsOf = (serial: string): string[] => [...new Set([serial, decimalOf(serial) ?? serial])]

/**
 * Locks the certificate: of two revocations that are approved at once the second finds the first.
 * @throws ProblemError conflict
 */
export async function checkStillRevocable(
  trx: Transaction,
  { kind, organisation, fields: { serial } }: ApplicationRow,
  now: Date,
): Promise<void> {
  if (!revokesCertificate(kind) || serial === undefined) return
  const serials = formsOf(serial)
  const [certificate] = await lockCertificates(trx, organisation, serials)
  if (certificate && !isRevocable(certificate, now))
    throw conflict(
      `The certificate ${serial} is revoked or has expired`,
      `証明書（シリアル番号 ${serial}）は失効済みか、期限切れです。`,
    )
  const [other] = (await findRevocations(trx, { organisation, serials, withWaiting: false })).values()
  if (other !== undefined)
    throw conflict(
      `The certificate ${serial} is revoked by the application ${other} already`,
      `証明書（シリアル番号 ${serial}）の失効は、申請 ${other} で手続き中か完了しています。`,
    )
}
