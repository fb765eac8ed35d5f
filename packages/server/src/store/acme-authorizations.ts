/** Authorizations (RFC 8555 §7.1.4): one live for each name of an account, shared by its orders. */
import { newId } from '../issuance/new-id.js'
import type { AuthorizationBasis, AuthorizationRow } from './acme-tables.js'
import type { Database, Transaction } from './database.js'

export interface Grant {
  accountId: string
  names: readonly string[]
  basis: AuthorizationBasis
  now: Date
  expiresAt: Date
}

/** Makes the names valid for the account, or keeps them so; @returns ids in the order of the names. */
export async function grantAuthorizations(trx: Transaction, grant: Grant): Promise<string[]> {
  // Sorted, so that two orders at once lock the rows in the same order.
  const names = [...grant.names].sort()
  const rows = await trx
    .insertInto('acme_authorizations')
    .values(
      names.map((name) => ({
        id: newId(),
        account_id: grant.accountId,
        name,
        status: 'valid' as const,
        basis: grant.basis,
        expires_at: grant.expiresAt,
        created_at: grant.now,
      })),
    )
    .onConflict((conflict) =>
      conflict
        .columns(['account_id', 'name'])
        .where('status', 'in', ['pending', 'valid'])
        .doUpdateSet((eb) => ({
          status: 'valid',
          basis: eb.ref('excluded.basis'),
          expires_at: eb.ref('excluded.expires_at'),
        })),
    )
    .returning(['id', 'name'])
    .execute()
  const idOf = new Map(rows.map(({ id, name }) => [name, id]))
  return grant.names.flatMap((name) => idOf.get(name) ?? [])
}

/** @param id one of the account's, or undefined for all */
export async function deactivateAuthorizations(
  trx: Transaction,
  accountId: string,
  id?: string,
): Promise<void> {
  let query = trx
    .updateTable('acme_authorizations')
    .set({ status: 'deactivated' })
    .where('account_id', '=', accountId)
    .where('status', 'in', ['pending', 'valid'])
  if (id !== undefined) query = query.where('id', '=', id)
  await query.execute()
}

/** Of the names, those that the account is authorized for now. */
export async function findAuthorizedNames(
  trx: Transaction,
  accountId: string,
  names: readonly string[],
  { now, bases }: { now: Date; bases: readonly AuthorizationBasis[] },
): Promise<Set<string>> {
  const rows = await trx
    .selectFrom('acme_authorizations')
    .select('name')
    .where('account_id', '=', accountId)
    .where('name', 'in', names)
    .where('status', '=', 'valid')
    .where('basis', 'in', bases)
    .where('expires_at', '>', now)
    .execute()
  return new Set(rows.map(({ name }) => name))
}

/** Only the account's own: another's is as unknown as one that does not exist. */
export const findAuthorization = (
  db: Database | Transaction,
  accountId: string,
  id: string,
): Promise<AuthorizationRow | undefined> =>
  db
    .selectFrom('acme_authorizations')
    .selectAll()
    .where('id', '=', id)
    .where('account_id', '=', accountId)
    .executeTakeFirst()
