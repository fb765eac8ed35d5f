/**
 * Figures by month, as the yearly report wants them. A month is one of Japan's, since the report is; a certificate
 * counts in the month its validity begins, also when it was read from a report later.
 */
import { sql } from 'kysely'
import type { Database } from './database.js'

export interface MonthRow {
  /** `2026-04`. */
  month: string
  issued: number
  revoked: number
  /** Their validity ends in this month. */
  expiring: number
  /** Valid when the month ends, or now in the current one. */
  valid: number
  /** From application to certificate; null when none came from an application. */
  median_seconds_to_issue: number | null
  p90_seconds_to_issue: number | null
}

export interface MonthRange {
  organisation: string
  /** `2026-04`, both included. */
  from: string
  to: string
  now: Date
}

/** One query; each figure is a range of an index. */
export async function listMonths(
  db: Database,
  { organisation, from, to, now }: MonthRange,
): Promise<MonthRow[]> {
  const { rows } = await sql<MonthRow>`
    with months as (
      select to_char(first, 'YYYY-MM') as month,
        first at time zone 'Asia/Tokyo' as begins,
        (first + interval '1 month') at time zone 'Asia/Tokyo' as ends
      from generate_series(${`${from}-01`}::timestamp, ${`${to}-01`}::timestamp, interval '1 month') as first
    )
    select month, issued.issued, issued.median_seconds_to_issue, issued.p90_seconds_to_issue,
      (select count(*)::int from certificates where organisation = ${organisation}
        and revoked_at >= begins and revoked_at < ends) as revoked,
      (select count(*)::int from certificates where organisation = ${organisation}
        and not_after >= begins and not_after < ends) as expiring,
      (select count(*)::int from certificates where organisation = ${organisation}
        and not_after >= least(ends, ${now}) and not_before < least(ends, ${now})
        and (status <> 'revoked' or revoked_at >= least(ends, ${now}))) as valid
    from months cross join lateral (
      select count(*)::int as issued,
        percentile_cont(0.5) within group (order by extract(epoch from c.created_at - a.created_at)) as median_seconds_to_issue,
        percentile_cont(0.9) within group (order by extract(epoch from c.created_at - a.created_at)) as p90_seconds_to_issue
      from certificates c left join applications a on a.id = c.application_id
      where c.organisation = ${organisation} and c.not_before >= begins and c.not_before < ends
    ) as issued
    order by month`.execute(db)
  return rows
}
