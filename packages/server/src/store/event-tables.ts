/** Tables of events. Source: migrations/055-events.ts. */
import type { Generated, Selectable } from 'kysely'
import type { EventType } from '../notify/event-types.js'
import type { Json, Nullable, Timestamp } from './column-types.js'

/** Ids, states and host names: no personal data. */
export interface EventData {
  kind?: string
  state?: string
  status?: string
  /** A host name. */
  commonName?: string
  /** Of the service. */
  code?: string
  notAfter?: string
  rows?: number
  attention?: string
}

interface EventsTable {
  /** In the order of writing; transactions end in another. */
  seq: Generated<string>
  /** In the order in which events became known; null until published. */
  position: Nullable<string>
  at: Timestamp
  organisation: string
  type: EventType
  application_id: Nullable<string>
  certificate_serial: Nullable<string>
  batch_id: Nullable<string>
  approval_id: Nullable<string>
  data: Json<EventData>
}

/** One row. */
interface EventHeadTable {
  only_row: Generated<boolean>
  /** The last position that was given. */
  top: string
  /** Events up to here are deleted. */
  deleted_to: string
}

export interface EventTables {
  events: EventsTable
  event_head: EventHeadTable
}

export type EventRow = Selectable<EventsTable> & { position: string }
