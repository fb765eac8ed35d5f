/** How much is under way; for metrics. Served by the partial indexes of live rows. */
import { sql } from 'kysely'
import type { Database } from './database.js'
import { type Priority, priorities } from '../issuance/queue-order.js'
import { underWayStates } from '../issuance/states.js'

export interface ApplicationCount {
  state: string
  count: number
  oldestSeconds: number
}

export async function countApplications(db: Database, now: Date): Promise<ApplicationCount[]> {
  const rows = await db
    .selectFrom('applications')
    .select(({ fn }) => ['state', sql<number>`count(*)::int`.as('count'), fn.min('updated_at').as('oldest')])
    .where('state', 'in', underWayStates)
    .groupBy('state')
    .execute()
  return rows.map(({ state, count, oldest }) => ({
    state,
    count,
    oldestSeconds: (now.getTime() - oldest.getTime()) / 1000,
  }))
}

export interface QueuedCount {
  kind: string
  priority: Priority
  count: number
  oldestSeconds: number
}

const wordOf = (priority: number): Priority =>
  (Object.keys(priorities) as Priority[]).find((word) => priorities[word] === priority) ?? 'normal'

/** What waits for a file, by what decides when it goes. */
export async function countQueue(db: Database, now: Date): Promise<QueuedCount[]> {
  const rows = await db
    .selectFrom('applications')
    .select(({ fn }) => [
      'kind',
      'priority',
      sql<number>`count(*)::int`.as('count'),
      fn.min('updated_at').as('oldest'),
    ])
    .where('state', '=', 'queued')
    .groupBy(['kind', 'priority'])
    .execute()
  return rows.map(({ oldest, priority, ...row }) => ({
    ...row,
    priority: wordOf(priority),
    oldestSeconds: (now.getTime() - oldest.getTime()) / 1000,
  }))
}

export function countBatches(db: Database): Promise<{ state: string; count: number }[]> {
  return db
    .selectFrom('batches')
    .select(['state', sql<number>`count(*)::int`.as('count')])
    .where('state', 'not in', ['done', 'refused'])
    .groupBy('state')
    .execute()
}

interface Configured {
  organisations: string[]
  issuanceSystems: string[]
}

/** Whose work is under way, though it is none of these. */
export async function findForgotten(db: Database, known: Configured): Promise<Configured> {
  const organisations = await db
    .selectFrom('applications')
    .select('organisation')
    .distinct()
    .where('state', 'in', underWayStates)
    .where('organisation', '<>', sql<string>`all(${known.organisations})`)
    .execute()
  const systems = await db
    .selectFrom('batches')
    .select('issuance_system')
    .distinct()
    .where('state', 'not in', ['done', 'refused'])
    .where('issuance_system', '<>', sql<string>`all(${known.issuanceSystems})`)
    .execute()
  return {
    organisations: organisations.map(({ organisation }) => organisation),
    issuanceSystems: systems.map(({ issuance_system: system }) => system),
  }
}
