/**
 * Events in the order in which they became known.
 *
 * Their numbers are given when they are written, so one can become visible after another with a higher number. Whoever
 * publishes gives each committed event a position, one process at a time; readers go by positions and miss none.
 * Source: docs/decisions/events.md.
 */
import { sql } from 'kysely'
import type { EventType } from '../notify/event-types.js'
import type { Database, Transaction } from './database.js'
import type { EventRow } from './event-tables.js'

export async function hasUnpublished(db: Database): Promise<boolean> {
  const row = await db
    .selectFrom('events')
    .select('seq')
    .where('position', 'is', null)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

/** What is told of one application is told in its order; so it is of what has none. */
export const orderKey = sql`coalesce(events.application_id, events.certificate_serial, events.batch_id, events.approval_id, '')`

/** @returns the last position that was given, or undefined while another process publishes */
export async function tryLockHead(trx: Transaction): Promise<string | undefined> {
  const row = await trx.selectFrom('event_head').select('top').forUpdate().skipLocked().executeTakeFirst()
  return row?.top
}

/** So that every webhook tells what its organisation wants to hear, each exactly once. */
export async function addDeliveries(trx: Transaction, top: string, now: Date): Promise<void> {
  await sql`insert into webhook_deliveries (webhook_id, position, order_key, since, due_at)
    select webhooks.id, events.position, ${orderKey}, ${now}, ${now}
    from events join webhooks on webhooks.organisation = events.organisation and events.type = any(webhooks.types)
    where events.position > ${top} and webhooks.disabled_at is null`.execute(trx)
}

/**
 * Gives positions after `top` to committed events, in the order in which they were written: of one application, that
 * in which it changed, since each change locks its row until the end of its transaction.
 * @returns how many
 */
export async function givePositions(trx: Transaction, top: string, limit: number): Promise<number> {
  const { rows } = await sql<{ given: number }>`with due as (
      select seq, row_number() over (order by seq) as place
      from (select seq from events where position is null order by seq limit ${limit}) as oldest),
    given as (
      update events set position = ${top}::bigint + due.place from due where events.seq = due.seq returning 1),
    head as (update event_head set top = top + (select count(*) from due))
    select count(*)::int as given from given`.execute(trx)
  return rows[0]?.given ?? 0
}

export async function findHeadOfEvents(db: Database): Promise<{ top: string; deletedTo: string }> {
  const row = await db.selectFrom('event_head').select(['top', 'deleted_to']).executeTakeFirstOrThrow()
  return { top: row.top, deletedTo: row.deleted_to }
}

export interface EventFilter {
  /** Else of all. */
  organisation?: string
  types?: readonly EventType[]
  /** Position of the last event that is known already. */
  after: string
  limit: number
}

/** Published events, oldest first. */
export function listEvents(db: Database, filter: EventFilter): Promise<EventRow[]> {
  let query = db.selectFrom('events').selectAll().where('position', '>', filter.after)
  if (filter.organisation !== undefined) query = query.where('organisation', '=', filter.organisation)
  if (filter.types) query = query.where('type', 'in', filter.types)
  return query.orderBy('position').limit(filter.limit).execute() as Promise<EventRow[]>
}
