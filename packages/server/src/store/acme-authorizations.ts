/** Authorizations (RFC 8555 §7.1.4): one live for each name of an account, shared by its orders. */
import { sql } from 'kysely'
import { newId } from '../issuance/new-id.js'
import type { AuthorizationBasis, AuthorizationRow } from './acme-tables.js'
import { lockFor } from './advisory-lock.js'
import type { Database, Transaction } from './database.js'

/** On what, and how long, names are authorized. */
export interface Terms {
  basis: AuthorizationBasis
  expiresAt: Date
}

export interface Grant extends Terms {
  accountId: string
  names: readonly string[]
  now: Date
}

/** `granted (id, name)`: makes the names valid for the account, or keeps them so. */
export function granting({ accountId, names, basis, now, expiresAt }: Grant) {
  // Sorted, so that two orders at once lock the rows in the same order.
  const sorted = [...names].sort()
  return sql`granted as (insert into acme_authorizations (id, account_id, name, status, basis, expires_at, created_at)
    select id, ${accountId}, name, 'valid', ${basis}, ${expiresAt}::timestamptz, ${now}::timestamptz
    from unnest(${sorted.map(() => newId())}::text[], ${sorted}::text[]) as wanted (id, name)
    on conflict (account_id, name) where status in ('pending', 'valid')
    do update set status = 'valid', basis = excluded.basis, expires_at = excluded.expires_at
    returning id, name)`
}

/** Of what `granting` made, in the order of the names. */
export const grantedIds = (names: readonly string[]) => sql`array(select granted.id
  from unnest(${names}::text[]) with ordinality as wanted (name, place) join granted on granted.name = wanted.name
  order by wanted.place)`

/** @returns ids in the order of the names */
export async function grantAuthorizations(trx: Transaction, grant: Grant): Promise<string[]> {
  const { rows } = await sql<{
    ids: string[]
  }>`with ${granting(grant)} select ${grantedIds(grant.names)} as ids`.execute(trx)
  return rows[0]?.ids ?? []
}

/**
 * Whether an order is ready follows from all its authorizations, so those of one account change one after the other: of
 * two that are shown at once each would find the other pending, and a new order would not be among those that become ready.
 */
export const lockAuthorizations = (trx: Transaction, accountId: string): Promise<void> =>
  lockFor(trx, `authorizations ${accountId}`)

/** @param id one of the account's, or undefined for all */
export async function deactivateAuthorizations(
  trx: Transaction,
  accountId: string,
  id?: string,
): Promise<void> {
  await lockAuthorizations(trx, accountId)
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
