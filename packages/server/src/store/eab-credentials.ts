/** EAB credentials (RFC 8555 §7.3.4): who may make an account, and which approval it then carries. */
import type { Database, Transaction } from './database.js'
import type { EabCredentialRow } from './acme-tables.js'

/** What the HMAC key is sealed under. */
export const eabLabel = (kid: string): string => `eab:${kid}`

export type NewEabCredential = Omit<EabCredentialRow, 'used_at' | 'revoked_at'>

export async function insertEabCredential(trx: Transaction, row: NewEabCredential): Promise<void> {
  await trx.insertInto('eab_credentials').values(row).execute()
}

export const findEabCredential = (
  db: Database | Transaction,
  kid: string,
): Promise<EabCredentialRow | undefined> =>
  db.selectFrom('eab_credentials').selectAll().where('kid', '=', kid).executeTakeFirst()

/** @returns false when it is not reusable and was used before; of two uses at once one gets true. */
export async function useEabCredential(trx: Transaction, kid: string, now: Date): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('eab_credentials')
    .set((eb) => ({ used_at: eb.fn.coalesce('used_at', eb.val(now)) }))
    .where('kid', '=', kid)
    .where((eb) => eb.or([eb('reusable', '=', true), eb('used_at', 'is', null)]))
    .executeTakeFirst()
  return numUpdatedRows === 1n
}
