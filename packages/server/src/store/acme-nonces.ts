/**
 * The nonces that were used (RFC 8555 §6.5). Whether a nonce is ours, and how old
 * it is, its bytes tell; only this set knows whether it was used.
 */
import { sql } from 'kysely'
import type { Database, Transaction } from './database.js'

const isPastHorizon = (nonce: Buffer) => sql<boolean>`${nonce} >= (select before from acme_nonce_horizon)`

/** Takes a nonce out of use. Of two simultaneous calls with the same nonce exactly one resolves true. */
export async function consumeNonce(db: Database | Transaction, nonce: Buffer): Promise<boolean> {
  const { numAffectedRows } = await sql`insert into acme_used_nonces (nonce)
    select ${nonce}::bytea where ${isPastHorizon(nonce)} on conflict do nothing`.execute(db)
  return numAffectedRows === 1n
}

/** What a signed request needs of the store: the nonce unused, the account valid and still with this key. */
export interface Admission {
  nonce: Buffer
  accountId: string
  thumbprint: string
}

/**
 * As `consumeNonce`, and only while the account is valid and has this key; one statement for all.
 * @returns for each of them whether it was admitted
 */
export async function admitRequests(
  db: Database | Transaction,
  admissions: readonly Admission[],
): Promise<boolean[]> {
  const texts = (member: 'accountId' | 'thumbprint') => admissions.map((admission) => admission[member])
  // In the order of the nonces, so that two processes with the same ones wait for each other in one order.
  const { rows } = await sql<{ nonce: Buffer }>`insert into acme_used_nonces (nonce)
    select asked.nonce from unnest(${admissions.map(({ nonce }) => nonce)}::bytea[],
      ${texts('accountId')}::text[], ${texts('thumbprint')}::text[]) as asked (nonce, account_id, thumbprint)
    join acme_accounts on acme_accounts.id = asked.account_id and acme_accounts.thumbprint = asked.thumbprint
    where acme_accounts.status = 'valid' and asked.nonce >= (select before from acme_nonce_horizon)
    order by asked.nonce
    on conflict do nothing returning nonce`.execute(db)
  const taken = new Set(rows.map(({ nonce }) => nonce.toString('hex')))
  // The same nonce twice among them was taken once: for the first.
  return admissions.map(({ nonce }) => taken.delete(nonce.toString('hex')))
}

/** Forgets the nonces made before a time and refuses them from now on, in one step. */
export async function forgetNoncesBefore(db: Database, before: Buffer): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await trx
      .updateTable('acme_nonce_horizon')
      .set({ before })
      .where('before', '<', before)
      .executeTakeFirst()
    await trx.deleteFrom('acme_used_nonces').where('nonce', '<', before).execute()
  })
}
