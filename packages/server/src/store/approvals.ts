/** Lasting approvals: who may have certificates for which names without a person being asked each time. */
import { sql } from 'kysely'
import { columnsOf } from './columns.js'
import { containing } from './containing.js'
import type { Database, Transaction } from './database.js'
import type { ApprovalRow, NewApprovalRow } from './tables.js'
import { together } from './together.js'
import { withinNames } from './within-names.js'

export const approvalColumns = columnsOf<ApprovalRow>()(
  'id',
  'organisation',
  'subscriber',
  'names',
  'approved_by',
  'valid_until',
  'revoked_at',
  'account_id',
  'created_at',
  'profiles',
  'application_id',
  'renewed_at',
  'renewed_by',
  'told_days',
  'told_until',
)

export const findApproval = (db: Database | Transaction, id: string): Promise<ApprovalRow | undefined> =>
  db.selectFrom('approvals').select(approvalColumns).where('id', '=', id).executeTakeFirst()

/** As `findApproval`; another change of it waits until this transaction ends. */
export const lockApproval = (trx: Transaction, id: string): Promise<ApprovalRow | undefined> =>
  trx.selectFrom('approvals').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()

export type NewApproval = Omit<NewApprovalRow, 'revoked_at' | 'subscriber'> & Pick<ApprovalRow, 'subscriber'>

export async function insertApproval(trx: Transaction, row: NewApproval): Promise<void> {
  await trx
    .insertInto('approvals')
    .values({ ...row, subscriber: JSON.stringify(row.subscriber) })
    .execute()
}

/** Approvals of each organisation that hold now. */
export const listLiveApprovals = together<{ organisation: string; now: Date }, ApprovalRow[]>(
  async (db, questions) => {
    const now = new Date(Math.max(...questions.map((question) => question.now.getTime())))
    const { rows } = await sql<ApprovalRow>`
      select ${sql.join(approvalColumns.map((column) => sql.ref(column)))} from approvals
      where organisation = any(${[...new Set(questions.map(({ organisation }) => organisation))]}::text[])
        and revoked_at is null and (valid_until is null or valid_until > ${now})`.execute(db)
    return questions.map(({ organisation }) => rows.filter((row) => row.organisation === organisation))
  },
)

/** Names that are there already stay as they are. */
export async function addNames(trx: Transaction, id: string, names: readonly string[]): Promise<void> {
  await trx
    .updateTable('approvals')
    .set({ names: sql<string[]>`array(select distinct unnest(names || ${names}::text[]) order by 1)` })
    .where('id', '=', id)
    .execute()
}

export interface ApprovalFilter {
  organisation: string
  /** Part of a name, or of the subscriber's name or e-mail address. */
  q?: string
  /** Live ones that end before. */
  dueBefore?: Date
  state?: 'live' | 'ended'
  /** Only approvals within these names. */
  within?: readonly string[]
  now: Date
  after?: string
  limit: number
}

const approvals = (db: Database, filter: Omit<ApprovalFilter, 'after' | 'limit'>) => {
  const { now } = filter
  let query = db.selectFrom('approvals').where('organisation', '=', filter.organisation)
  const live = sql<boolean>`(revoked_at is null and (valid_until is null or valid_until > ${now}))`
  if (filter.state) query = query.where(filter.state === 'live' ? live : sql<boolean>`not ${live}`)
  if (filter.dueBefore) query = query.where(live).where('valid_until', '<', filter.dueBefore)
  if (filter.within) query = query.where(withinNames(sql.ref('names'), filter.within))
  if (filter.q) {
    const pattern = containing(filter.q)
    query = query.where(
      sql<boolean>`(array_to_string(names, ' ') ilike ${pattern} or subscriber->>'email' ilike ${pattern}
        or subscriber->>'name' ilike ${pattern})`,
    )
  }
  return query
}

/** Newest first. */
export function listApprovals(db: Database, filter: ApprovalFilter): Promise<ApprovalRow[]> {
  let query = approvals(db, filter).selectAll()
  if (filter.after) query = query.where('id', '<', filter.after)
  return query.orderBy('id', 'desc').limit(filter.limit).execute()
}

export async function renewApproval(
  trx: Transaction,
  id: string,
  change: { valid_until: Date; renewed_at: Date; renewed_by: string },
): Promise<void> {
  await trx.updateTable('approvals').set(change).where('id', '=', id).execute()
}
