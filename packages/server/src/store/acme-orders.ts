/** ACME orders (RFC 8555 §7.1.3). How a finalized one stands, its application tells. */
import { sql } from 'kysely'
import type { ApplicationState, Failure } from '../issuance/states.js'
import { grantedIds, granting, type Terms } from './acme-authorizations.js'
import type { AuthorizationBasis, OrderError, OrderRow } from './acme-tables.js'
import { type AuditEntry, toAuditRow } from './audit.js'
import { columnsOf } from './columns.js'
import type { Database, Transaction } from './database.js'

/** An order with what its status follows from; one indexed read. */
export interface OrderView extends OrderRow {
  application_state: ApplicationState | null
  failure: Failure | null
  finalized_at: Date | null
  certificate_serial: string | null
}

const orderColumns = columnsOf<OrderRow>()(
  'id',
  'account_id',
  'organisation',
  'names',
  'request_key',
  'profile',
  'software',
  'authorization_ids',
  'stage',
  'is_open',
  'application_id',
  'csr_sha256',
  'error',
  'replaces',
  'replaces_serial',
  'expires_at',
  'created_at',
)

/** Of a view, for statements that are written out; with the tables joined as `views` does. */
export const orderViewColumns = [
  ...orderColumns.map((column) => `acme_orders."${column}"`),
  'applications.state as application_state',
  'applications.failure',
  'applications.created_at as finalized_at',
  'applications.certificate_serial',
].join(', ')

const views = (db: Database | Transaction) =>
  db
    .selectFrom('acme_orders')
    .leftJoin('applications', 'applications.id', 'acme_orders.application_id')
    .select(orderColumns.map((column) => `acme_orders.${column}` as const))
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
  await trx
    .selectFrom('acme_orders')
    .select('id')
    .where('id', '=', id)
    .where('account_id', '=', accountId)
    .forUpdate()
    .executeTakeFirst()
  return findOrder(trx, accountId, id)
}

/** What of its names is authorized. */
export interface OrderToFinalize extends OrderView {
  authorized_names: string[]
  /** Whether the key at hand is that of an account, this or another. */
  is_account_key: boolean
}

/**
 * As `lockOrder`, with the names that the account is authorized for now.
 * @param about the moment, what counts as authorized, and the identity of the key in the CSR
 */
export async function lockToFinalize(
  trx: Transaction,
  { accountId, id }: { accountId: string; id: string },
  about: { now: Date; bases: readonly AuthorizationBasis[]; key: string },
): Promise<OrderToFinalize | undefined> {
  const { now, bases, key } = about
  const order = await views(trx)
    .select(sql<boolean>`exists (select from acme_accounts where spki_sha256 = ${key})`.as('is_account_key'))
    .select(
      sql<string[]>`array(select name from acme_authorizations az where az.account_id = acme_orders.account_id
        and az.name = any(acme_orders.names) and az.status = 'valid' and az.basis = any(${bases}::text[])
        and az.expires_at > ${now})`.as('authorized_names'),
    )
    .where('acme_orders.id', '=', id)
    .where('acme_orders.account_id', '=', accountId)
    .forUpdate('acme_orders')
    .executeTakeFirst()
  // Whoever waited for the lock sees the order anew, but beside it what was there before: its application is looked at again.
  if (!order?.application_id) return order
  const seen = await findOrder(trx, accountId, id)
  return seen && { ...order, ...seen }
}

export interface OpenOrder extends OrderView {
  /** Whether each of its authorizations is still pending or valid, so that it can be finalized yet. */
  is_authorizable: boolean
}

/** The order that newOrder gives again for the same names and profile, if it has not ended. */
export const findOpenOrder = (
  trx: Transaction,
  { accountId, requestKey, now }: { accountId: string; requestKey: string; now: Date },
): Promise<OpenOrder | undefined> =>
  views(trx)
    .select(
      sql<boolean>`cardinality(acme_orders.authorization_ids) = (select count(*) from acme_authorizations az
        where az.id = any(acme_orders.authorization_ids) and az.status in ('pending', 'valid')
        and az.expires_at > ${now})`.as('is_authorizable'),
    )
    .where('acme_orders.account_id', '=', accountId)
    .where('acme_orders.request_key', '=', requestKey)
    .where('acme_orders.is_open', '=', true)
    .executeTakeFirst()

export type NewOrder = Pick<
  OrderRow,
  'id' | 'account_id' | 'organisation' | 'names' | 'request_key' | 'profile' | 'software' | 'created_at'
>

/** Its authorizations, in the order of the names: known ones, or those to be granted with it; and when the first of them ends. */
export type OrderAuthorizations =
  { ids: readonly string[]; stage: 'pending' | 'ready'; expiresAt: Date } | Terms

/**
 * With its authorizations and its entry in the audit log, in one statement.
 * @returns undefined when an open order for the same names was made at the same moment
 */
export async function insertOrder(
  trx: Transaction,
  row: NewOrder,
  authorizations: OrderAuthorizations,
  entry: AuditEntry,
): Promise<OrderView | undefined> {
  const isGranted = 'basis' in authorizations
  // RFC 8555 §7.1.6: with the first of its authorizations that ends it is invalid too.
  const { expiresAt } = authorizations
  const { account_id: accountId, names, created_at: now } = row
  const granted = isGranted ? sql`${granting({ accountId, names, now, ...authorizations })},` : sql``
  const ids = isGranted ? grantedIds(names) : sql`${authorizations.ids}::text[]`
  const stage = isGranted ? 'ready' : authorizations.stage
  const { at, actor, action, subject, detail } = toAuditRow(entry)
  const { rows } = await sql<{ authorization_ids: string[] }>`with ${granted} made as (
      insert into acme_orders (id, account_id, organisation, names, request_key, profile, software, authorization_ids,
        stage, expires_at, created_at)
      select ${row.id}, ${row.account_id}, ${row.organisation}, ${row.names}::text[], ${row.request_key},
        ${row.profile}, ${row.software}, ${ids}, ${stage}, ${expiresAt}::timestamptz, ${row.created_at}::timestamptz
      on conflict do nothing returning authorization_ids),
    logged as (insert into audit_log (at, actor, action, subject, detail)
      select ${at}::timestamptz, ${actor}, ${action}, ${subject}, ${detail}::jsonb from made)
    select authorization_ids from made`.execute(trx)
  return rows[0] && { ...row, ...rows[0], ...newly, stage, expires_at: expiresAt }
}

/** What an order has not when it is made. */
const newly = {
  is_open: true,
  application_id: null,
  csr_sha256: null,
  error: null,
  replaces: null,
  replaces_serial: null,
  application_state: null,
  failure: null,
  finalized_at: null,
  certificate_serial: null,
} as const

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

/** With its entry in the audit log. */
export async function finalizeOrder(
  trx: Transaction,
  id: string,
  change: { application_id: string; csr_sha256: string; expires_at: Date },
  entry: AuditEntry,
): Promise<void> {
  await trx
    .with('finalized', (with_) =>
      with_
        .updateTable('acme_orders')
        .set({ ...change, stage: 'finalized' })
        .where('id', '=', id),
    )
    .insertInto('audit_log')
    .values(toAuditRow(entry))
    .execute()
}

/** Newest first; ids are UUIDv7, so their order is the order of creation. */
export function listOrders(
  db: Database | Transaction,
  accountId: string,
  page: { after?: string; limit: number },
): Promise<OrderView[]> {
  let query = views(db).where('acme_orders.account_id', '=', accountId)
  if (page.after) query = query.where('acme_orders.id', '<', page.after)
  return query.orderBy('acme_orders.id', 'desc').limit(page.limit).execute()
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
