/**
 * Subscribers (利用管理者): whoever an application or an approval named, and whoever was entered.
 *
 * They are taken over from applications when the list is read, not when an application is accepted: that is the
 * busiest transaction of all.
 */
import { sql } from 'kysely'
import { containing } from './containing.js'
import type { Database, Transaction } from './database.js'
import type { SubscriberRow } from './tables.js'

/** A transaction that began before the last look may have ended after it. */
const OVERLAP_MS = 600_000

/** What was entered or changed by hand stays. */
export async function takeOverSubscribers(db: Database, organisation: string, now: Date): Promise<void> {
  const mark = await db
    .selectFrom('subscriber_marks')
    .select('until')
    .where('organisation', '=', organisation)
    .executeTakeFirst()
  const since = new Date(mark ? mark.until.getTime() - OVERLAP_MS : 0)
  await sql`insert into subscribers (id, organisation, email, name, department, created_at, updated_at)
    select distinct on (lower(email)) gen_random_uuid()::text, ${organisation}, email, name, department, ${now}::timestamptz, ${now}::timestamptz
    from (
      select fields->>'subscriberEmail' as email, fields->>'subscriberName' as name,
        fields->>'subscriberDepartment' as department, created_at
      from applications where organisation = ${organisation} and created_at > ${since}
      union all
      select subscriber->>'email', subscriber->>'name', subscriber->>'department', created_at
      from approvals where organisation = ${organisation} and created_at > ${since}
    ) as named
    where email is not null
    order by lower(email), created_at desc
    on conflict do nothing`.execute(db)
  await db
    .insertInto('subscriber_marks')
    .values({ organisation, until: now })
    .onConflict((conflict) => conflict.column('organisation').doUpdateSet({ until: now }))
    .execute()
}

export const findSubscriber = (db: Database | Transaction, id: string): Promise<SubscriberRow | undefined> =>
  db.selectFrom('subscribers').selectAll().where('id', '=', id).executeTakeFirst()

export interface SubscriberFilter {
  organisation: string
  /** Part of e-mail address, name or department. */
  q?: string
  /** E-mail address of the last one of the page before. */
  after?: string
  limit: number
}

/** By e-mail address. */
export function listSubscribers(db: Database, filter: SubscriberFilter): Promise<SubscriberRow[]> {
  let query = db.selectFrom('subscribers').selectAll().where('organisation', '=', filter.organisation)
  if (filter.q) {
    const pattern = containing(filter.q)
    query = query.where((eb) =>
      eb.or([
        eb('email', 'ilike', pattern),
        eb('name', 'ilike', pattern),
        eb('department', 'ilike', pattern),
      ]),
    )
  }
  if (filter.after) query = query.where(sql`lower(email)`, '>', filter.after.toLowerCase())
  return query
    .orderBy(sql`lower(email)`)
    .limit(filter.limit)
    .execute()
}

export async function insertSubscriber(trx: Transaction, row: SubscriberRow): Promise<void> {
  await trx.insertInto('subscribers').values(row).execute()
}

export async function updateSubscriber(
  trx: Transaction,
  id: string,
  change: Partial<Pick<SubscriberRow, 'email' | 'name' | 'department' | 'note'>> & { updated_at: Date },
): Promise<void> {
  await trx.updateTable('subscribers').set(change).where('id', '=', id).execute()
}
