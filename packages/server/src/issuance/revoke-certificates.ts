/**
 * Revocations of certificates on record: they go the way of every application.
 * Source: docs/upki-tsv.md, columns 1 and 4 to 6.
 */
import type { ApplicationInput, ApplicationKind } from '@upki-gateway/shared/application'
import { ProblemError } from '../problem/problem-error.js'
import { lockCertificates } from '../store/certificates.js'
import type { Transaction } from '../store/database.js'
import { findRevocations } from '../store/inventory.js'
import type { CertificateRow, NewApplicationRow } from '../store/tables.js'
import { acceptApplications } from './accept-applications.js'
import type { Environment } from './ports/environment.js'

export interface RevocationTerms {
  /** 0, 1, 3, 4 or 5: RFC 5280 §5.3.1, as far as the service takes them. */
  reason: string
  comment?: string
  actor: string
  /** Else an operator is asked. */
  approved: boolean
}

/** Profiles of S/MIME certificates. Source: docs/upki-tsv.md, "Column 2: Profiles and keys". */
const smimeProfiles = ['7', '15', '16']

function kindOf({ category, profile_id: profile }: CertificateRow): ApplicationKind {
  if (category === 'server') return 'server-revoke'
  return smimeProfiles.includes(profile ?? '') ? 'smime-revoke' : 'client-revoke'
}

const inputOf = (certificate: CertificateRow, { reason, comment }: RevocationTerms): ApplicationInput => ({
  kind: kindOf(certificate),
  fields: {
    subjectDn: certificate.subject_dn,
    serial: certificate.serial,
    revocationReason: reason,
    ...(comment && { revocationComment: comment }),
    ...(certificate.subscriber_email && { subscriberEmail: certificate.subscriber_email }),
  },
})

/** The service takes no revocation of what is revoked already or has ended by itself. */
export const isRevocable = (certificate: CertificateRow, now: Date): boolean =>
  certificate.status !== 'revoked' && certificate.not_after > now

/**
 * Applies for the revocation of those that can still be revoked and are not being revoked yet.
 * @returns the applications, in the caller's transaction
 * @throws ProblemError applicationsRefused when the check finds an error; nothing is stored then
 */
export async function applyForRevocations(
  env: Environment,
  trx: Transaction,
  { organisation, serials, ...terms }: RevocationTerms & { organisation: string; serials: readonly string[] },
): Promise<NewApplicationRow[]> {
  const now = env.now()
  const certificates = await lockCertificates(trx, organisation, serials)
  // What is approved does not wait for what somebody else asked an operator for.
  const revoking = await findRevocations(trx, { organisation, serials, withWaiting: !terms.approved })
  const wanted = certificates.filter((row) => isRevocable(row, now) && !revoking.has(row.serial))
  if (wanted.length === 0) return []
  const outcome = await acceptApplications(env, trx, {
    organisation,
    inputs: wanted.map((certificate) => inputOf(certificate, terms)),
    actor: terms.actor,
    approvedByActor: terms.approved,
  })
  if (outcome.accepted) return outcome.applications
  const { findings } = outcome
  throw new ProblemError('applicationsRefused', `${findings.length} finding(s); nothing was applied for`, {
    ja: '失効申請に誤りがあります。何も申請していません。',
    findings,
  })
}
