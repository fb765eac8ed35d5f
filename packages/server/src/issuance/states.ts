/** States of applications, batches and certificates, named by who acts next. Source: docs/issuance-cycle.md. */
import type { FieldName } from '@upki-gateway/shared/application'
import type { Bilingual } from '@upki-gateway/shared/problem'

export const applicationStates = [
  'received',
  'refused',
  'awaiting-approval',
  'rejected',
  /** Taken back while it waited. */
  'cancelled',
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

/** In a file that is, or may be, on its way to the service. */
export const goingOutStates = ['submitting', 'unknown'] as const satisfies ApplicationState[]

/** In a file of which no answer of the service is known; one that waits to go out again may have been taken all the same. */
export const unansweredStates = ['batched', ...goingOutStates] as const satisfies ApplicationState[]

/** Waits for a person or a file, or is with the service. */
export const underWayStates = [
  'awaiting-approval',
  'queued',
  ...inFlightStates,
] as const satisfies ApplicationState[]

/** Ended without a certificate: the same key may be applied for again. */
export const endedWithoutCertificate = [
  'refused',
  'rejected',
  'cancelled',
  'failed',
] as const satisfies ApplicationState[]

export const isEndedWithoutCertificate = (state: ApplicationState): boolean =>
  (endedWithoutCertificate as readonly ApplicationState[]).includes(state)

export const batchStates = [
  'sealed',
  'submitting',
  /** In an operator's hands, who has not said yet what became of it: it may be uploaded at any time. */
  'handed-out',
  'submitted',
  'unknown',
  'refused',
  /** Only a person can say what became of it. */
  'attention',
  'done',
] as const
export type BatchState = (typeof batchStates)[number]

/** Why a person has to decide: a lost upload is not in the report, or rows of one that was taken are not. */
export type AttentionReason = 'not-in-report' | 'rows-missing'

export const certificateStatuses = ['valid', 'replaced', 'revoked', 'expired'] as const
export type CertificateStatus = (typeof certificateStatuses)[number]

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
