/** ACME orders (RFC 8555 §7.1.3). How a finalized one stands, its application tells. */
import type { ApplicationState, Failure } from '../issuance/states.js'
import type { OrderRow } from './acme-tables.js'
import type { Database, Transaction } from './database.js'

/** An order with what its status follows from; one indexed read. */
export interface OrderView extends OrderRow {
  application_state: ApplicationState | null
  failure: Failure | null
  finalized_at: Date | null
  certificate_serial: string | null
}

const views = (db: Database | Transaction) =>
  db
    .selectFrom('acme_orders')
    .leftJoin('applications', 'applications.id', 'acme_orders.application_id')
    .selectAll('acme_orders')
    .select([
      'applications.state as application_state',
      'applications.failure',
      'applications.created_at as finalized_at',
      'applications.certificate_serial',
    ])

/** Only the account's own: another's is as unknown as one that does not exist. */
export const findOrder = (
  db: Database | Transaction,
  accountId: string,
  id: string,
): Promise<OrderView | undefined> =>
  views(db)
    .where('acme_orders.id', '=', id)
    .where('acme_orders.account_id', '=', accountId)
    .executeTakeFirst()

/** As `findOrder`; another finalize of the same order waits until this transaction ends. */
export async function lockOrder(
  trx: Transaction,
  accountId: string,
  id: string,
): Promise<OrderView | undefined> {
  await trx.selectFrom('acme_orders').select('id').where('id', '=', id).forUpdate().executeTakeFirst()
  return findOrder(trx, accountId, id)
}

/** The order that newOrder gives again for the same names and profile, if it has not ended. */
export const findOpenOrder = (
  trx: Transaction,
  accountId: string,
  requestKey: string,
): Promise<OrderView | undefined> =>
  views(trx)
    .where('acme_orders.account_id', '=', accountId)
    .where('acme_orders.request_key', '=', requestKey)
    .where('acme_orders.is_open', '=', true)
    .executeTakeFirst()

/** @returns false when an open order for the same names was made at the same moment */
export async function insertOrder(trx: Transaction, row: Omit<OrderRow, 'is_open'>): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await trx
    .insertInto('acme_orders')
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst()
  return numInsertedOrUpdatedRows === 1n
}

export async function closeOrder(trx: Transaction, id: string): Promise<void> {
  await trx.updateTable('acme_orders').set({ is_open: false }).where('id', '=', id).execute()
}

export async function finalizeOrder(
  trx: Transaction,
  id: string,
  change: { application_id: string; csr_sha256: string; expires_at: Date },
): Promise<void> {
  await trx
    .updateTable('acme_orders')
    .set({ ...change, stage: 'finalized' })
    .where('id', '=', id)
    .execute()
}

/** Newest first; ids are UUIDv7, so their order is the order of creation. */
export function listOrderIds(
  db: Database | Transaction,
  accountId: string,
  page: { after?: string; limit: number },
): Promise<{ id: string }[]> {
  let query = db.selectFrom('acme_orders').select('id').where('account_id', '=', accountId)
  if (page.after) query = query.where('id', '<', page.after)
  return query.orderBy('id', 'desc').limit(page.limit).execute()
}
