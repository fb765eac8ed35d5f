/** ACME accounts (RFC 8555 §7.1.2), found by id or by the thumbprint of their key. */
import type { AccountRow } from './acme-tables.js'
import { columnsOf } from './columns.js'
import type { Database, Transaction } from './database.js'

export const accountColumns = columnsOf<AccountRow>()(
  'id',
  'organisation',
  'approval_id',
  'eab_kid',
  'thumbprint',
  'spki_sha256',
  'jwk',
  'status',
  'contact',
  'address',
  'terms_agreed_at',
  'created_at',
  'updated_at',
)

export const findAccount = (db: Database | Transaction, id: string): Promise<AccountRow | undefined> =>
  db.selectFrom('acme_accounts').select(accountColumns).where('id', '=', id).executeTakeFirst()

export const findAccountByKey = (
  db: Database | Transaction,
  thumbprint: string,
): Promise<AccountRow | undefined> =>
  db.selectFrom('acme_accounts').selectAll().where('thumbprint', '=', thumbprint).executeTakeFirst()

/** Whether an account has this key in another form. @param key `spki_sha256` as the table has it */
export const hasAccountOfOtherForm = async (
  trx: Transaction,
  key: Pick<AccountRow, 'spki_sha256' | 'thumbprint'>,
): Promise<boolean> =>
  (await trx
    .selectFrom('acme_accounts')
    .select('id')
    .where('spki_sha256', '=', key.spki_sha256)
    .where('thumbprint', '<>', key.thumbprint)
    .executeTakeFirst()) !== undefined

/** @returns undefined when an account with this key exists already */
export function insertAccount(trx: Transaction, row: AccountRow): Promise<AccountRow | undefined> {
  return trx
    .insertInto('acme_accounts')
    .values({ ...row, jwk: JSON.stringify(row.jwk) })
    .onConflict((conflict) => conflict.column('thumbprint').doNothing())
    .returningAll()
    .executeTakeFirst()
}

/** As `findAccount`; another change of the account waits until this transaction ends. */
export const lockAccount = (trx: Transaction, id: string): Promise<AccountRow | undefined> =>
  trx.selectFrom('acme_accounts').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()

/** RFC 8555 §7.3.5. A key that another account took at the same moment breaks the constraint `acme_accounts_thumbprint_key` or `acme_accounts_one_per_key`. */
export async function changeKey(
  trx: Transaction,
  id: string,
  key: Pick<AccountRow, 'thumbprint' | 'spki_sha256' | 'jwk'>,
  now: Date,
): Promise<AccountRow> {
  return trx
    .updateTable('acme_accounts')
    .set({ ...key, jwk: JSON.stringify(key.jwk), updated_at: now })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow()
}

export function updateAccount(
  trx: Transaction,
  id: string,
  change: Partial<Pick<AccountRow, 'status' | 'contact' | 'terms_agreed_at'>> & { updated_at: Date },
): Promise<AccountRow> {
  return trx
    .updateTable('acme_accounts')
    .set(change)
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow()
}

/** The first order tells whose names an account without an EAB credential asks for. */
export async function joinOrganisation(trx: Transaction, id: string, organisation: string): Promise<void> {
  await trx
    .updateTable('acme_accounts')
    .set({ organisation })
    .where('id', '=', id)
    .where('organisation', 'is', null)
    .execute()
}

export async function carryApproval(trx: Transaction, id: string, approvalId: string): Promise<void> {
  await trx.updateTable('acme_accounts').set({ approval_id: approvalId }).where('id', '=', id).execute()
}
