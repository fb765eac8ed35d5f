/** What an operator looks at first: what waits, what ended lately, what ends soon. */
import { type RawBuilder, sql } from 'kysely'
import { type ApplicationState, underWayStates } from '../issuance/states.js'
import { countStates, type StateCount } from './application-list.js'
import type { Database } from './database.js'
import { thresholds } from './watch.js'
import { withinNames } from './within-names.js'

const underWay = ['received', ...underWayStates] as const satisfies ApplicationState[]

const ended = [
  'refused',
  'rejected',
  'failed',
  'issued',
  'replaced',
  'revoked',
  'expired',
] as const satisfies ApplicationState[]

export interface OverviewScope {
  organisation: string
  /** Names of the caller's department. */
  within: readonly string[] | undefined
  now: Date
}

const DAY_MS = 86_400_000
export const RECENT_DAYS = 30

const after = (now: Date, days: number): Date => new Date(now.getTime() + days * DAY_MS)

export const countUnderWay = (db: Database, { organisation, within }: OverviewScope): Promise<StateCount[]> =>
  countStates(db, { organisation, states: underWay, within: within && [within] })

export const countRecent = (
  db: Database,
  { organisation, within, now }: OverviewScope,
): Promise<StateCount[]> =>
  countStates(db, {
    organisation,
    states: ended,
    from: after(now, -RECENT_DAYS),
    within: within && [within],
  })

export interface Expiring {
  withinDays: number
  count: number
}

const inDepartment = (names: RawBuilder<unknown>, within: readonly string[] | undefined) =>
  within === undefined ? sql<boolean>`true` : withinNames(names, within)

/** Certificates that are valid and that nothing has replaced. */
export async function countExpiring(
  db: Database,
  { organisation, within, now }: OverviewScope,
): Promise<Expiring[]> {
  const counts = thresholds.map(
    (days) => sql<number>`(count(*) filter (where not_after <= ${after(now, days)}))::int`,
  )
  const row = await db
    .selectFrom('certificates')
    .select(sql<number[]>`array[${sql.join(counts)}]`.as('counts'))
    .where('organisation', '=', organisation)
    .where('status', '=', 'valid')
    .where('not_after', '>', now)
    .where('not_after', '<=', after(now, Math.max(...thresholds)))
    .where(inDepartment(sql`array[${sql.ref('common_name')}]`, within))
    .executeTakeFirstOrThrow()
  return thresholds.map((withinDays, index) => ({ withinDays, count: row.counts[index] ?? 0 }))
}

/** Live approvals that lapse within the days that certificates are looked ahead for. */
export async function countLapsing(
  db: Database,
  { organisation, within, now }: OverviewScope,
): Promise<number> {
  const row = await db
    .selectFrom('approvals')
    .select(sql<number>`count(*)::int`.as('count'))
    .where('organisation', '=', organisation)
    .where('revoked_at', 'is', null)
    .where('valid_until', '>', now)
    .where('valid_until', '<=', after(now, RECENT_DAYS))
    .where(inDepartment(sql.ref('names'), within))
    .executeTakeFirstOrThrow()
  return row.count
}

export const countLiveBatches = (
  db: Database,
  organisation: string,
): Promise<{ state: string; count: number; oldest: Date }[]> =>
  db
    .selectFrom('batches')
    .select(({ fn }) => ['state', sql<number>`count(*)::int`.as('count'), fn.min('sealed_at').as('oldest')])
    .where('organisation', '=', organisation)
    .where('state', 'not in', ['done', 'refused'])
    .groupBy('state')
    .execute()
