/**
 * Lets signed requests in: the nonce unused, the account valid and still with the key that signed; and reads in the
 * same statement what nearly every request of the kind looks at next.
 */
import { sql } from 'kysely'
import { accountColumns } from './acme-accounts.js'
import { isPastHorizon } from './acme-nonces.js'
import { type OrderView, orderViewColumns } from './acme-orders.js'
import type { AccountRow } from './acme-tables.js'
import { approvalColumns } from './approvals.js'
import type { Transaction } from './database.js'
import type { ApprovalRow } from './tables.js'
import { together } from './together.js'

export interface Admission {
  nonce: Buffer
  accountId: string
  thumbprint: string
}

/** The account that asks, and the approval that it carries. */
export interface Admitted {
  account: AccountRow
  approval: ApprovalRow | undefined
}

const APPROVAL = 'approval '
const ofAccount = accountColumns.map((column) => `acme_accounts."${column}"`)
const ofApproval = approvalColumns.map((column) => `approvals."${column}" as "${APPROVAL}${column}"`)
const admittedColumns = sql.raw([...ofAccount, ...ofApproval].join(', '))

function toAdmitted(row: Record<string, unknown>): Admitted {
  const pick = (columns: readonly string[], prefix: string) =>
    Object.fromEntries(columns.map((column) => [column, row[prefix + column]])) as unknown
  const hasApproval = row[`${APPROVAL}id`] !== null
  return {
    account: pick(accountColumns, '') as AccountRow,
    approval: hasApproval ? (pick(approvalColumns, APPROVAL) as ApprovalRow) : undefined,
  }
}

/** Takes the nonce out of use. @returns undefined when the request may not be let in */
export async function admitRequest(
  trx: Transaction,
  { nonce, accountId, thumbprint }: Admission,
): Promise<Admitted | undefined> {
  const { rows } = await sql<Record<string, unknown>>`with taken as (
      insert into acme_used_nonces (nonce) select ${nonce}::bytea from acme_accounts
      where id = ${accountId} and thumbprint = ${thumbprint} and status = 'valid' and ${isPastHorizon(nonce)}
      on conflict do nothing returning nonce)
    select ${admittedColumns} from taken join acme_accounts on acme_accounts.id = ${accountId}
    left join approvals on approvals.id = acme_accounts.approval_id`.execute(trx)
  return rows[0] && toAdmitted(rows[0])
}

/** A request that only reads. */
export interface Reading extends Admission {
  /** The order that it is about, if it is about one. */
  orderId: string | undefined
}

export interface AdmittedReading {
  /** The account's own order; undefined also for another's. */
  order: OrderView | undefined
}

/** `place` is that of the reading among those asked for; the order is null where it is not the account's own. */
type ReadRow = Omit<OrderView, 'id'> & { id: string | null; nonce: Buffer; place: string }

/**
 * As `admitRequest`, together with others, with the order that it is about.
 * @returns undefined when it may not be let in
 */
export const admitReading = together<Reading, AdmittedReading | undefined>(async (db, readings) => {
  const texts = (member: 'accountId' | 'thumbprint' | 'orderId') =>
    readings.map((reading) => reading[member] ?? null)
  // In the order of the nonces, so that two processes with the same ones wait for each other in one order.
  const { rows } = await sql<ReadRow>`with asked as (
      select nonce, account_id, thumbprint, order_id, place from unnest(${readings.map(({ nonce }) => nonce)}::bytea[], ${texts('accountId')}::text[],
        ${texts('thumbprint')}::text[], ${texts('orderId')}::text[])
        with ordinality as asked (nonce, account_id, thumbprint, order_id, place)),
    taken as (insert into acme_used_nonces (nonce)
      select asked.nonce from asked
      join acme_accounts on acme_accounts.id = asked.account_id and acme_accounts.thumbprint = asked.thumbprint
      where acme_accounts.status = 'valid' and asked.nonce >= (select before from acme_nonce_horizon)
      order by asked.nonce on conflict do nothing returning nonce)
    select asked.nonce, asked.place, ${sql.raw(orderViewColumns)} from taken
    join asked on asked.nonce = taken.nonce
    left join acme_orders on acme_orders.id = asked.order_id and acme_orders.account_id = asked.account_id
    left join applications on applications.id = acme_orders.application_id
    order by asked.place`.execute(db)
  return answersOf(readings, rows)
})

function answersOf(readings: readonly Reading[], rows: readonly ReadRow[]): (AdmittedReading | undefined)[] {
  const answers: (AdmittedReading | undefined)[] = readings.map(() => undefined)
  const used = new Set<string>()
  for (const { nonce, place, ...order } of rows) {
    // The same nonce twice among them was taken once: for the first.
    const name = nonce.toString('hex')
    if (!used.has(name))
      answers[Number(place) - 1] = { order: order.id === null ? undefined : (order as OrderView) }
    used.add(name)
  }
  return answers
}
