/** What each webhook is to be told, and what became of it. Of one application an earlier event holds the later ones. */
import { sql } from 'kysely'
import type { Database, Transaction } from './database.js'
import type { DeliveryRow, DeliveryState, EventRow, WebhookRow } from './event-tables.js'
import { orderKey } from './events.js'
import { hasCome } from './has-come.js'

export type ClaimedDelivery = EventRow & Pick<DeliveryRow, 'attempts' | 'since'>

/**
 * Takes deliveries that are due, in the order of their events; until `leaseUntil` no other process takes them.
 * While an earlier event of the same application is not delivered a later one is not due.
 */
export async function claimDeliveries(
  db: Database,
  webhookId: string,
  { now, leaseUntil, longestMs, limit }: { now: Date; leaseUntil: Date; longestMs: number; limit: number },
): Promise<ClaimedDelivery[]> {
  const { rows } = await sql<ClaimedDelivery>`with heads as (
      select webhook_id, position from webhook_deliveries as due
      where webhook_id = ${webhookId} and state = 'pending' and ${hasCome('due_at', now, longestMs)}
        and not exists (select 1 from webhook_deliveries as earlier
          where earlier.webhook_id = due.webhook_id and earlier.order_key = due.order_key
            and earlier.state = 'pending' and earlier.position < due.position)
      order by position limit ${limit} for update skip locked)
    update webhook_deliveries as taken set attempts = taken.attempts + 1, due_at = ${leaseUntil}
    from heads join events on events.position = heads.position
    where taken.webhook_id = heads.webhook_id and taken.position = heads.position
    returning events.*, taken.attempts, taken.since`.execute(db)
  return rows.sort((a, b) => Number(BigInt(a.position) - BigInt(b.position)))
}

export type DeliveryOutcome = Pick<DeliveryRow, 'state' | 'last_status' | 'last_error'> &
  Partial<Pick<DeliveryRow, 'due_at' | 'ended_at'>>

/** Of an attempt that another one has overtaken nothing is written. */
export async function settleDelivery(
  db: Database,
  webhookId: string,
  { position, attempts }: Pick<ClaimedDelivery, 'position' | 'attempts'>,
  outcome: DeliveryOutcome,
): Promise<void> {
  await db
    .updateTable('webhook_deliveries')
    .set(outcome)
    .where('webhook_id', '=', webhookId)
    .where('position', '=', position)
    .where('state', '=', 'pending')
    .where('attempts', '=', attempts)
    .execute()
}

/**
 * Everything from an event on is to be told once more, or for the first time.
 * @returns how many
 */
export async function replayFrom(
  trx: Transaction,
  { id, organisation, types }: WebhookRow,
  { from, now }: { from: string; now: Date },
): Promise<number> {
  const { numAffectedRows } =
    await sql`insert into webhook_deliveries (webhook_id, position, order_key, since, due_at)
    select ${id}, events.position, ${orderKey}, ${now}, ${now} from events
    where events.organisation = ${organisation} and events.position >= ${from} and events.type = any(${types})
    on conflict (webhook_id, position) do update set state = 'pending', attempts = 0, since = excluded.since,
      due_at = excluded.due_at, ended_at = null`.execute(trx)
  return Number(numAffectedRows ?? 0n)
}

export interface DeliveryView extends Omit<DeliveryRow, 'webhook_id' | 'order_key'> {
  type: EventRow['type']
}

/** Newest event first. */
export function listDeliveries(
  db: Database,
  filter: { webhookId: string; state?: DeliveryState; before?: string; limit: number },
): Promise<DeliveryView[]> {
  let query = db
    .selectFrom('webhook_deliveries as delivery')
    .innerJoin('events', 'events.position', 'delivery.position')
    .select(['delivery.position', 'state', 'attempts', 'since', 'due_at', 'ended_at', 'last_status'])
    .select(['last_error', 'events.type'])
    .where('webhook_id', '=', filter.webhookId)
  if (filter.state) query = query.where('state', '=', filter.state)
  if (filter.before) query = query.where('delivery.position', '<', filter.before)
  return query.orderBy('delivery.position', 'desc').limit(filter.limit).execute()
}

/** Before a webhook is enabled again: what waits is tried at once. */
export async function makeDue(trx: Transaction, webhookId: string, now: Date): Promise<void> {
  await trx
    .updateTable('webhook_deliveries')
    .set({ due_at: now, since: now })
    .where('webhook_id', '=', webhookId)
    .where('state', '=', 'pending')
    .execute()
}
