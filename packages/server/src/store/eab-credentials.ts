/** EAB credentials (RFC 8555 §7.3.4): who may make an account, and which approval it then carries. */
import type { Database, Transaction } from './database.js'
import type { EabCredentialRow } from './acme-tables.js'
import type { ApprovalRow } from './tables.js'

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

/** A credential with what it carries. */
export type EabView = EabCredentialRow &
  Pick<ApprovalRow, 'subscriber' | 'names'> & {
    approved_until: Date | null
    approval_ended_at: Date | null
  }

const views = (db: Database | Transaction) =>
  db
    .selectFrom('eab_credentials')
    .innerJoin('approvals', 'approvals.id', 'eab_credentials.approval_id')
    .selectAll('eab_credentials')
    .select([
      'approvals.subscriber',
      'approvals.names',
      'approvals.valid_until as approved_until',
      'approvals.revoked_at as approval_ended_at',
    ])

/** Only the organisation's own. */
export const findEabView = (
  db: Database | Transaction,
  organisation: string,
  kid: string,
): Promise<EabView | undefined> =>
  views(db).where('eab_credentials.organisation', '=', organisation).where('kid', '=', kid).executeTakeFirst()

/** Newest first; kids are UUIDv7, so their order is the order of creation. */
export function listEabViews(
  db: Database | Transaction,
  organisation: string,
  page: { after?: string; limit: number },
): Promise<EabView[]> {
  let query = views(db).where('eab_credentials.organisation', '=', organisation)
  if (page.after) query = query.where('kid', '<', page.after)
  return query.orderBy('kid', 'desc').limit(page.limit).execute()
}

/** @returns false when it was revoked before */
export async function revokeEabCredential(trx: Transaction, kid: string, now: Date): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('eab_credentials')
    .set({ revoked_at: now })
    .where('kid', '=', kid)
    .where('revoked_at', 'is', null)
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

/** Ends the approval that a credential carries; @returns false when it had ended before */
export async function endApproval(trx: Transaction, id: string, now: Date): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('approvals')
    .set({ revoked_at: now })
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .executeTakeFirst()
  return numUpdatedRows === 1n
}
