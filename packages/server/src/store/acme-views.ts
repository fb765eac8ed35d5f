/** ACME accounts and their orders as operators see them. */
import { type NotNull, sql } from 'kysely'
import type { AccountRow, OrderRow } from './acme-tables.js'
import type { Database, Transaction } from './database.js'
import type { ApplicationState } from '../issuance/states.js'

export type AccountView = Pick<
  AccountRow,
  'id' | 'approval_id' | 'eab_kid' | 'thumbprint' | 'status' | 'contact' | 'created_at' | 'updated_at'
> & {
  organisation: string
  /** Of its newest order. */
  last_order_at: Date | null
}

const views = (db: Database | Transaction) =>
  db
    .selectFrom('acme_accounts')
    .select([
      'id',
      'organisation',
      'approval_id',
      'eab_kid',
      'thumbprint',
      'status',
      'contact',
      'created_at',
      'updated_at',
    ])
    .select(
      sql<Date | null>`(select created_at from acme_orders where account_id = acme_accounts.id order by id desc limit 1)`.as(
        'last_order_at',
      ),
    )
    // One that has ordered nothing yet may belong to none.
    .where('organisation', 'is not', null)
    .$narrowType<{ organisation: NotNull }>()

export const findAccountView = (db: Database | Transaction, id: string): Promise<AccountView | undefined> =>
  views(db).where('id', '=', id).executeTakeFirst()

export interface AccountFilter {
  organisation: string
  status?: AccountRow['status']
  eabKid?: string
  after?: string
  limit: number
}

/** Newest first. */
export function listAccountViews(db: Database, filter: AccountFilter): Promise<AccountView[]> {
  let query = views(db).where('organisation', '=', filter.organisation)
  if (filter.status) query = query.where('status', '=', filter.status)
  if (filter.eabKid) query = query.where('eab_kid', '=', filter.eabKid)
  if (filter.after) query = query.where('id', '<', filter.after)
  return query.orderBy('id', 'desc').limit(filter.limit).execute()
}

export type OrderSummary = Pick<
  OrderRow,
  | 'id'
  | 'names'
  | 'profile'
  | 'software'
  | 'stage'
  | 'is_open'
  | 'application_id'
  | 'expires_at'
  | 'created_at'
> & { application_state: ApplicationState | null }

/** Newest first. */
export function listOrderSummaries(
  db: Database,
  accountId: string,
  page: { after?: string; limit: number },
): Promise<OrderSummary[]> {
  let query = db
    .selectFrom('acme_orders')
    .leftJoin('applications', 'applications.id', 'acme_orders.application_id')
    .select([
      'acme_orders.id',
      'acme_orders.names',
      'acme_orders.profile',
      'acme_orders.software',
      'acme_orders.stage',
      'acme_orders.is_open',
      'acme_orders.application_id',
      'acme_orders.expires_at',
      'acme_orders.created_at',
      'applications.state as application_state',
    ])
    .where('account_id', '=', accountId)
  if (page.after) query = query.where('acme_orders.id', '<', page.after)
  return query.orderBy('acme_orders.id', 'desc').limit(page.limit).execute()
}
