/** Lasting approvals: who may have certificates for which names without a person being asked each time. */
import type { Database, Transaction } from './database.js'
import type { ApprovalRow } from './tables.js'

export const findApproval = (db: Database | Transaction, id: string): Promise<ApprovalRow | undefined> =>
  db.selectFrom('approvals').selectAll().where('id', '=', id).executeTakeFirst()

export async function insertApproval(trx: Transaction, row: Omit<ApprovalRow, 'revoked_at'>): Promise<void> {
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
