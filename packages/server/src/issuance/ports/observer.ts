/**
 * What the steps of the life cycle tell of themselves, for metrics: after the commit, and nothing but numbers and
 * names from the configuration or the contract, so that no series is made for each organisation, person or name.
 */
import type { ApplicationKind } from '@upki-gateway/shared/application'

/** How an upload ended, or what an operator said of it. */
export type UploadEnd = 'taken' | 'refused' | 'not-sent' | 'unknown'

export interface Observer {
  sealed(file: { kind: ApplicationKind; rows: number }): void
  uploaded(upload: { issuanceSystem: string; end: UploadEnd; rowsRefused?: number }): void
  /** One reading of what an issuance system reports, or of a report that an operator gave. */
  reportRead(reading: { issuanceSystem: string; isRead: boolean }): void
  /** @param application with the moments when it was accepted and issued */
  issued(application: { kind: ApplicationKind; acceptedAt: Date; issuedAt: Date }): void
}

const ignore = () => undefined

/** For tests, and for whoever asks nothing. */
export const unobserved: Observer = {
  sealed: ignore,
  uploaded: ignore,
  reportRead: ignore,
  issued: ignore,
}
