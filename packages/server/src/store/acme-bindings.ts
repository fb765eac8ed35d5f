/** External account bindings as they were sent, apart from the accounts: only account objects show them (RFC 8555 §7.3.4). */
import type { Transaction } from './database.js'

export async function insertBinding(trx: Transaction, accountId: string, binding: unknown): Promise<void> {
  await trx
    .insertInto('acme_bindings')
    .values({ account_id: accountId, binding: JSON.stringify(binding) })
    .execute()
}

export const findBinding = async (trx: Transaction, accountId: string): Promise<unknown> =>
  (
    await trx
      .selectFrom('acme_bindings')
      .select('binding')
      .where('account_id', '=', accountId)
      .executeTakeFirst()
  )?.binding
