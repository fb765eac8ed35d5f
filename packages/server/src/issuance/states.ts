/** States of applications, batches and certificates, named by who acts next. Source: docs/issuance-cycle.md. */
import type { FieldName } from '@upki-gateway/shared/application'
import type { Bilingual } from '@upki-gateway/shared/problem'

export const applicationStates = [
  'received',
  'refused',
  'awaiting-approval',
  'rejected',
  'queued',
  'batched',
  'submitting',
  'submitted',
  'unknown',
  'held',
  'failed',
  'issued',
  'replaced',
  'revoked',
  'expired',
] as const
export type ApplicationState = (typeof applicationStates)[number]

/** In a batch that the service has, or may have: no other row for the same CN may go out meanwhile. */
export const inFlightStates = [
  'batched',
  'submitting',
  'submitted',
  'unknown',
  'held',
] as const satisfies ApplicationState[]

/** Ended without a certificate: the same key may be applied for again. */
export const endedWithoutCertificate = ['refused', 'rejected', 'failed'] as const satisfies ApplicationState[]

export const isEndedWithoutCertificate = (state: ApplicationState): boolean =>
  (endedWithoutCertificate as readonly ApplicationState[]).includes(state)

/** `attention`: only a person can say what became of it. */
export type BatchState = 'sealed' | 'submitting' | 'submitted' | 'unknown' | 'refused' | 'attention' | 'done'

export type CertificateStatus = 'valid' | 'replaced' | 'revoked'

/** Why an application ended as `failed`, in the service's words where it gave any. */
export interface Failure {
  /** Code of the service, such as 212. */
  upstreamCode?: string
  column?: number
  message: Bilingual
  remedy: Bilingual
}

/** A value the gateway filled in, shown to the applicant: nothing is filled silently. */
export interface FilledValue {
  field: FieldName | 'kind'
  value: string
  why: Bilingual
}
