/** Lasting approvals: who may have certificates for which names without a person being asked each time. */
import { sql } from 'kysely'
import type { Database, Transaction } from './database.js'
import type { ApprovalRow } from './tables.js'

export const findApproval = (db: Database | Transaction, id: string): Promise<ApprovalRow | undefined> =>
  db.selectFrom('approvals').selectAll().where('id', '=', id).executeTakeFirst()

export type NewApproval = Omit<ApprovalRow, 'revoked_at' | 'account_id'> &
  Partial<Pick<ApprovalRow, 'account_id'>>

export async function insertApproval(trx: Transaction, row: NewApproval): Promise<void> {
  await trx
    .insertInto('approvals')
    .values({ ...row, subscriber: JSON.stringify(row.subscriber) })
    .execute()
}

/** Approvals of an organisation that hold now. */
export function listLiveApprovals(
  db: Database | Transaction,
  organisation: string,
  now: Date,
): Promise<ApprovalRow[]> {
  return db
    .selectFrom('approvals')
    .selectAll()
    .where('organisation', '=', organisation)
    .where('revoked_at', 'is', null)
    .where((eb) => eb.or([eb('valid_until', 'is', null), eb('valid_until', '>', now)]))
    .execute()
}

/** Names that are there already stay as they are. */
export async function addNames(trx: Transaction, id: string, names: readonly string[]): Promise<void> {
  await trx
    .updateTable('approvals')
    .set({ names: sql<string[]>`array(select distinct unnest(names || ${names}::text[]) order by 1)` })
    .where('id', '=', id)
    .execute()
}
