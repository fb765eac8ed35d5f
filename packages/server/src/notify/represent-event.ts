/** An event as everybody outside gets it: over REST, as a server-sent event, in a webhook. */
import type { EventRow } from '../store/event-tables.js'
import type { EventType } from './event-types.js'

export interface EventMessage {
  /** Its place among all events, in decimal. */
  id: string
  at: string
  type: EventType
  organisation: string
  application: string | null
  /** Serial. */
  certificate: string | null
  batch: string | null
  approval: string | null
  data: Record<string, unknown>
}

export const representEvent = (row: EventRow): EventMessage => ({
  id: row.position,
  at: row.at.toISOString(),
  type: row.type,
  organisation: row.organisation,
  application: row.application_id,
  certificate: row.certificate_serial,
  batch: row.batch_id,
  approval: row.approval_id,
  data: { ...row.data },
})
