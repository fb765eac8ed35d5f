/** ACME orders (RFC 8555 §7.1.3). How a finalized one stands, its application tells. */
import { sql } from 'kysely'
import type { ApplicationState, Failure } from '../issuance/states.js'
import type { OrderError, OrderRow } from './acme-tables.js'
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

export interface OrderKey {
  accountId: string
  id: string
}

/** As `findOrder`, in the order of the keys. */
export async function findOrders(
  db: Database,
  keys: readonly OrderKey[],
): Promise<(OrderView | undefined)[]> {
  const ids = keys.map(({ id }) => id)
  const rows = await views(db)
    .where('acme_orders.id', '=', sql<string>`any(${ids})`)
    .execute()
  const byId = new Map(rows.map((row) => [row.id, row]))
  return keys.map(({ id, accountId }) => {
    const row = byId.get(id)
    return row?.account_id === accountId ? row : undefined
  })
}

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
export async function insertOrder(
  trx: Transaction,
  row: Omit<OrderRow, 'is_open' | 'error' | 'replaces' | 'replaces_serial'>,
): Promise<boolean> {
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

/** Ends the open orders that were not finalized; with `authorizationId` only those that need it. */
export async function endOrders(
  trx: Transaction,
  accountId: string,
  error: OrderError,
  authorizationId?: string,
): Promise<void> {
  let query = trx
    .updateTable('acme_orders')
    .set({ is_open: false, error: JSON.stringify(error) })
    .where('account_id', '=', accountId)
    .where('is_open', '=', true)
    .where('stage', '<>', 'finalized')
  if (authorizationId !== undefined)
    query = query.where(sql<boolean>`${authorizationId} = any(authorization_ids)`)
  await query.execute()
}

/** Whether this account's order led to the application. */
export const hasOrderOf = async (
  trx: Transaction,
  accountId: string,
  applicationId: string,
): Promise<boolean> =>
  (await trx
    .selectFrom('acme_orders')
    .select('id')
    .where('application_id', '=', applicationId)
    .where('account_id', '=', accountId)
    .executeTakeFirst()) !== undefined

/**
 * Stops what the account's orders still have in the queue; what is in a sealed batch goes on.
 * @returns ids of the stopped applications
 */
export async function stopQueued(
  trx: Transaction,
  accountId: string,
  failure: Failure,
  now: Date,
): Promise<string[]> {
  const rows = await trx
    .updateTable('applications')
    .set({ state: 'rejected', failure: JSON.stringify(failure), updated_at: now })
    .where('state', 'in', ['received', 'awaiting-approval', 'queued'])
    .where('id', 'in', (eb) =>
      eb
        .selectFrom('acme_orders')
        .select(sql<string>`application_id`.as('application_id'))
        .where('account_id', '=', accountId)
        .where('is_open', '=', true)
        .where('application_id', 'is not', null),
    )
    .returning('id')
    .execute()
  return rows.map(({ id }) => id)
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

/** When the account, or the organisation, of this order made its nth newest one, if it made so many; n from 1. */
export const findNthOrderAt = async (
  trx: Transaction,
  order: Pick<OrderRow, 'account_id' | 'organisation'>,
  by: 'account_id' | 'organisation',
  n: number,
): Promise<Date | undefined> =>
  (
    await trx
      .selectFrom('acme_orders')
      .select('created_at')
      .where(by, '=', order[by])
      .orderBy('id', 'desc')
      .offset(n - 1)
      .limit(1)
      .executeTakeFirst()
  )?.created_at
