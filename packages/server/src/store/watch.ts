/** What ends soon, told once for each threshold; what was replaced and is still served, once; what is old, deleted. */
import { type RawBuilder, sql } from 'kysely'
import type { Database } from './database.js'

/** Days before the end. */
export const thresholds = [1, 7, 14, 30] as const
const FIRST_THRESHOLD = 30

const DAY_MS = 86_400_000
const after = (now: Date, days: number): Date => new Date(now.getTime() + days * DAY_MS)

/** The smallest threshold that is reached. */
function reached(end: RawBuilder<unknown>, now: Date): RawBuilder<number> {
  const cases = thresholds.map((days) => sql`when ${end} <= ${after(now, days)} then ${days}::int`)
  return sql<number>`(case ${sql.join(cases, sql` `)} end)`
}

/** Two at once tell it once: the second finds the row told. */
export async function tellExpiring(db: Database, now: Date): Promise<void> {
  const days = reached(sql.ref('not_after'), now)
  await sql`with told as (
      update certificates set told_days = ${days}
      where status = 'valid' and not_after > ${now} and not_after <= ${after(now, FIRST_THRESHOLD)}
        and (told_days is null or told_days > ${days})
      returning serial, organisation, application_id, category, common_name, not_after, told_days)
    insert into events (at, organisation, type, application_id, certificate_serial, data)
    select ${now}, organisation, 'certificate.expiring', application_id, serial,
      jsonb_strip_nulls(jsonb_build_object('withinDays', told_days, 'notAfter', not_after,
        'commonName', case when category = 'server' then lower(common_name) end))
    from told order by not_after, serial`.execute(db)
}

/** An approval that was renewed is told of again before its new end. */
export async function tellLapsing(db: Database, now: Date): Promise<void> {
  const days = reached(sql.ref('valid_until'), now)
  await sql`with told as (
      update approvals set told_days = ${days}, told_until = valid_until
      where revoked_at is null and valid_until > ${now} and valid_until <= ${after(now, FIRST_THRESHOLD)}
        and (told_until is distinct from valid_until or told_days > ${days})
      returning id, organisation, names, valid_until, told_days)
    insert into events (at, organisation, type, approval_id, data)
    select ${now}, organisation, 'approval.lapsing', id,
      jsonb_build_object('withinDays', told_days, 'notAfter', valid_until, 'names', names)
    from told order by valid_until, id`.execute(db)
}

/** Replaced, still good for use, and its successor was issued before `since`. */
export async function tellUnconfirmed(db: Database, now: Date, since: Date): Promise<void> {
  await sql`with told as (
      update certificates set reminded_at = ${now}
      where status = 'replaced' and not_after > ${now} and replacement_confirmed_at is null and reminded_at is null
        and exists (select 1 from certificates as successor
          where successor.replaces_serial = certificates.serial
            and successor.organisation = certificates.organisation and successor.not_before <= ${since})
      returning serial, organisation, application_id, category, common_name, not_after)
    insert into events (at, organisation, type, application_id, certificate_serial, data)
    select ${now}, organisation, 'certificate.unconfirmed', application_id, serial,
      jsonb_strip_nulls(jsonb_build_object('notAfter', not_after,
        'commonName', case when category = 'server' then lower(common_name) end))
    from told order by serial`.execute(db)
}

const DELETED_AT_ONCE = 5_000

/** The oldest events, and what is left of their deliveries. @returns how many */
export async function deleteOldEvents(db: Database, before: Date): Promise<number> {
  const { rows } = await sql`with oldest as (
      select position, at from events where position is not null order by position limit ${DELETED_AT_ONCE}),
    kept as (
      select coalesce(min(position) filter (where at >= ${before}), max(position) + 1) as first from oldest),
    gone as (delete from events using kept where events.position < kept.first returning events.position),
    noted as (
      update event_head set deleted_to = greatest(deleted_to, (select max(position) from gone))
      where exists (select 1 from gone))
    select position from gone`.execute(db)
  return rows.length
}
