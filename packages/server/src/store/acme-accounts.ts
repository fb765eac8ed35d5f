/** ACME accounts (RFC 8555 §7.1.2), found by id or by the thumbprint of their key. */
import type { AccountRow } from './acme-tables.js'
import type { Database, Transaction } from './database.js'

export const findAccount = (db: Database | Transaction, id: string): Promise<AccountRow | undefined> =>
  db.selectFrom('acme_accounts').selectAll().where('id', '=', id).executeTakeFirst()

export const findAccountByKey = (
  db: Database | Transaction,
  thumbprint: string,
): Promise<AccountRow | undefined> =>
  db.selectFrom('acme_accounts').selectAll().where('thumbprint', '=', thumbprint).executeTakeFirst()

/** @returns undefined when an account with this key exists already */
export function insertAccount(trx: Transaction, row: AccountRow): Promise<AccountRow | undefined> {
  return trx
    .insertInto('acme_accounts')
    .values({ ...row, jwk: JSON.stringify(row.jwk) })
    .onConflict((conflict) => conflict.column('thumbprint').doNothing())
    .returningAll()
    .executeTakeFirst()
}

export function updateAccount(
  trx: Transaction,
  id: string,
  change: Partial<Pick<AccountRow, 'status' | 'contact'>> & { updated_at: Date },
): Promise<AccountRow> {
  return trx
    .updateTable('acme_accounts')
    .set(change)
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow()
}
