/** Mails that are to be sent: what happens within a short time to one recipient is one of them. */
import { sql } from 'kysely'
import type { EventType } from '../notify/event-types.js'
import type { Database, Transaction } from './database.js'
import { hasCome } from './has-come.js'
import type { EventRow, MailRow } from './event-tables.js'

/** Events in one mail. */
const MOST_EVENTS = 200

export interface Addressed {
  id: string
  organisation: string
  recipient: string
  audience: 'team' | 'subscriber'
  type: EventType
  positions: readonly string[]
}

/** Joins a mail that waits for more, or begins one. Only whoever publishes does this, one at a time. */
export async function addToMail(
  trx: Transaction,
  { positions, ...mail }: Addressed,
  { now, dueAt }: { now: Date; dueAt: Date },
): Promise<void> {
  const open = await trx
    .selectFrom('mails')
    .select('id')
    .where('organisation', '=', mail.organisation)
    .where('recipient', '=', mail.recipient)
    .where('audience', '=', mail.audience)
    .where('type', '=', mail.type)
    .where('state', '=', 'pending')
    .where('attempts', '=', 0)
    .where(sql<boolean>`cardinality(positions) + ${positions.length} <= ${MOST_EVENTS}`)
    .limit(1)
    .forUpdate()
    .executeTakeFirst()
  if (!open)
    await trx
      .insertInto('mails')
      .values({ ...mail, positions: [...positions], since: now, due_at: dueAt })
      .execute()
  else
    await trx
      .updateTable('mails')
      .set({ positions: sql`positions || ${[...positions]}::bigint[]` })
      .where('id', '=', open.id)
      .execute()
}

/** Until `leaseUntil` no other process takes them. */
export async function claimMails(
  db: Database,
  { now, leaseUntil, longestMs, limit }: { now: Date; leaseUntil: Date; longestMs: number; limit: number },
): Promise<MailRow[]> {
  const { rows } = await sql<MailRow>`with due as (
      select id from mails where state = 'pending' and ${hasCome('due_at', now, longestMs)}
      order by due_at limit ${limit} for update skip locked)
    update mails set attempts = mails.attempts + 1, due_at = ${leaseUntil} from due where mails.id = due.id
    returning mails.*`.execute(db)
  return rows
}

export async function settleMail(
  db: Database,
  { id, attempts }: Pick<MailRow, 'id' | 'attempts'>,
  outcome: Pick<MailRow, 'state' | 'last_error'> & Partial<Pick<MailRow, 'due_at' | 'ended_at'>>,
): Promise<void> {
  await db
    .updateTable('mails')
    .set(outcome)
    .where('id', '=', id)
    .where('attempts', '=', attempts)
    .where('state', '=', 'pending')
    .execute()
}

export async function deleteEndedMails(db: Database, before: Date): Promise<void> {
  await db.deleteFrom('mails').where('ended_at', '<', before).execute()
}

export type AddressedEvent = Pick<EventRow, 'position' | 'organisation' | 'type'> & {
  subscriberEmail: string | null
  subscriberName: string | null
}

const addressed = (db: Database | Transaction) =>
  db
    .selectFrom('events')
    .leftJoin('applications', 'applications.id', 'events.application_id')
    .leftJoin('certificates', (join) =>
      join
        .onRef('certificates.serial', '=', 'events.certificate_serial')
        .onRef('certificates.organisation', '=', 'events.organisation'),
    )
    .select(
      sql<string | null>`coalesce(applications.fields->>'subscriberEmail', certificates.subscriber_email)`.as(
        'subscriberEmail',
      ),
    )
    .select(sql<string | null>`applications.fields->>'subscriberName'`.as('subscriberName'))

/** Of the events after a position those of these types, with whom they concern. */
export function listAddressed(
  trx: Transaction,
  { after, types }: { after: string; types: readonly EventType[] },
): Promise<AddressedEvent[]> {
  return addressed(trx)
    .select(['events.position', 'events.organisation', 'events.type'])
    .where('events.position', '>', after)
    .where('events.type', 'in', types)
    .orderBy('events.position')
    .execute() as Promise<AddressedEvent[]>
}

export type MailedEvent = EventRow & AddressedEvent

export function listMailed(db: Database, positions: readonly string[]): Promise<MailedEvent[]> {
  return addressed(db)
    .selectAll('events')
    .where('events.position', '=', sql<string>`any(${[...positions]}::bigint[])`)
    .orderBy('events.position')
    .execute() as Promise<MailedEvent[]>
}
