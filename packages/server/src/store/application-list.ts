/** Applications as people look for them: filtered, searched, in pages. */
import type { ApplicationKind } from '@upki-gateway/shared/application'
import { sql } from 'kysely'
import type { ApplicationState } from '../issuance/states.js'
import { containing } from './containing.js'
import type { Database } from './database.js'
import type { ApplicationRow } from './tables.js'
import { withinNames } from './within-names.js'

export interface ApplicationFilter {
  organisation: string
  states?: readonly ApplicationState[]
  kinds?: readonly ApplicationKind[]
  commonName?: string
  /** Part of CN, DN, host names or the subscriber's e-mail address. */
  q?: string
  createdBy?: string
  /** Names of a department: only applications whose CN is among them. Each of several must hold. */
  within?: readonly (readonly string[])[]
  from?: Date
  to?: Date
}

export interface ApplicationPage {
  order: 'newest' | 'oldest'
  /** Id of the last application of the page before. */
  after?: string
  limit: number
}

const searched = ['subjectDn', 'dnsNames', 'subscriberEmail'] as const

function search(q: string) {
  const pattern = containing(q)
  const fields = searched.map((field) => sql`fields->>${sql.lit(field)} ilike ${pattern}`)
  return sql<boolean>`(${sql.join([sql`common_name ilike ${pattern}`, ...fields], sql` or `)})`
}

function filtered(db: Database, filter: ApplicationFilter) {
  let query = db.selectFrom('applications').where('organisation', '=', filter.organisation)
  if (filter.states) query = query.where('state', 'in', filter.states)
  if (filter.kinds) query = query.where('kind', 'in', filter.kinds)
  if (filter.commonName) query = query.where('common_name', '=', filter.commonName.toLowerCase())
  if (filter.createdBy) query = query.where('created_by', '=', filter.createdBy)
  if (filter.from) query = query.where('created_at', '>=', filter.from)
  if (filter.to) query = query.where('created_at', '<', filter.to)
  if (filter.q) query = query.where(search(filter.q))
  for (const names of filter.within ?? [])
    query = query.where(withinNames(sql`array[${sql.ref('common_name')}]`, names))
  return query
}

export function listApplications(
  db: Database,
  filter: ApplicationFilter,
  { order, after, limit }: ApplicationPage,
): Promise<ApplicationRow[]> {
  let query = filtered(db, filter).selectAll()
  // Ids are UUIDv7: their order is the order of creation.
  if (after) query = query.where('id', order === 'newest' ? '<' : '>', after)
  return query
    .orderBy('id', order === 'newest' ? 'desc' : 'asc')
    .limit(limit)
    .execute()
}

export interface StateCount {
  state: ApplicationState
  count: number
  oldest: Date
}

/** How many there are in each state that has any, and since when the oldest is in it. */
export function countStates(db: Database, filter: ApplicationFilter): Promise<StateCount[]> {
  return filtered(db, filter)
    .select(({ fn }) => ['state', sql<number>`count(*)::int`.as('count'), fn.min('updated_at').as('oldest')])
    .groupBy('state')
    .execute()
}
