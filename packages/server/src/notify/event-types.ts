/** What happens to an application, a certificate or a file, that somebody may want to hear of. Source: docs/notices.md. */

export const eventTypes = [
  'application.received',
  'application.needs-approval',
  'application.approved',
  'application.refused',
  'application.cancelled',
  'application.submitted',
  'application.held',
  /** An application for a revocation is done. */
  'application.revoked',
  'certificate.issued',
  /** The EAB credential that answers an application for one is there. */
  'eab.issued',
  'certificate.expiring',
  'certificate.replaced',
  /** Replaced two weeks ago, and nobody has said that the old one is no longer served. */
  'certificate.unconfirmed',
  'certificate.revoked',
  'certificate.expired',
  'approval.lapsing',
  'batch.sealed',
  'batch.handed-out',
  'batch.submitted',
  'batch.unknown',
  'batch.refused',
  /** A person has to decide. */
  'batch.attention',
  'batch.done',
  /** It was disabled because nothing could be delivered for long. */
  'webhook.disabled',
] as const
export type EventType = (typeof eventTypes)[number]

/** What a team is mailed unless it wishes otherwise: what somebody should act on. */
export const forTeams = [
  'application.needs-approval',
  'certificate.expiring',
  'certificate.unconfirmed',
  'approval.lapsing',
  'batch.attention',
  'webhook.disabled',
] as const satisfies EventType[]
