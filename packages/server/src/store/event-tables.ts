/** Tables of events and of whom they are told. Source: migrations/055-events.ts, 056-webhooks.ts, 057-mails.ts. */
import type { Generated, Insertable, Selectable } from 'kysely'
import type { EventType } from '../notify/event-types.js'
import type { Json, Nullable, NullableTimestamp, Timestamp } from './column-types.js'

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
  withinDays?: number
  /** Host names. */
  names?: string[]
  rows?: number
  attention?: string
  webhook?: string
  reason?: string
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

interface WebhooksTable {
  id: string
  organisation: string
  url: string
  description: Nullable<string>
  types: EventType[]
  /** Sealed in the vault. */
  secret: Buffer
  created_by: string
  created_at: Timestamp
  updated_at: Timestamp
  disabled_at: NullableTimestamp
  disabled_because: Nullable<'operator' | 'failing' | 'gone'>
  /** Since the last success, in a row. */
  failures: Generated<number>
  failing_since: NullableTimestamp
  /** Nothing is sent before. */
  paused_until: NullableTimestamp
  /** The one before the current, sealed as it; it signs too until then. */
  old_secret: Nullable<Buffer>
  old_secret_until: NullableTimestamp
}

export type DeliveryState = 'pending' | 'delivered' | 'failed'

interface WebhookDeliveriesTable {
  webhook_id: string
  position: string
  /** Of those with the same key an earlier one holds the later ones. */
  order_key: string
  state: Generated<DeliveryState>
  attempts: Generated<number>
  since: Timestamp
  /** Not to be tried before; while it is tried, when another process may try. */
  due_at: Timestamp
  ended_at: NullableTimestamp
  last_status: Nullable<number>
  last_error: Nullable<string>
}

interface MailsTable {
  id: string
  organisation: string
  recipient: string
  audience: 'team' | 'subscriber'
  type: EventType
  /** Of the events that it tells. */
  positions: string[]
  state: Generated<'pending' | 'sent' | 'failed'>
  attempts: Generated<number>
  since: Timestamp
  /** Not to be sent before; while it is sent, when another process may send it. */
  due_at: Timestamp
  ended_at: NullableTimestamp
  last_error: Nullable<string>
}

export interface EventTables {
  mails: MailsTable
  events: EventsTable
  event_head: EventHeadTable
  webhooks: WebhooksTable
  webhook_deliveries: WebhookDeliveriesTable
}

export type WebhookRow = Selectable<WebhooksTable>
export type NewWebhookRow = Insertable<WebhooksTable>
export type MailRow = Selectable<MailsTable>
export type DeliveryRow = Selectable<WebhookDeliveriesTable>

export type EventRow = Selectable<EventsTable> & { position: string }
