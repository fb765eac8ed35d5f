/**
 * The nonces that were used (RFC 8555 §6.5). Whether a nonce is ours, and how old
 * it is, its bytes tell; only this set knows whether it was used.
 */
import { sql } from 'kysely'
import type { Database, Transaction } from './database.js'

export const isPastHorizon = (nonce: Buffer) =>
  sql<boolean>`${nonce} >= (select before from acme_nonce_horizon)`

/** Takes a nonce out of use. Of two simultaneous calls with the same nonce exactly one resolves true. */
export async function consumeNonce(db: Database | Transaction, nonce: Buffer): Promise<boolean> {
  const { numAffectedRows } = await sql`insert into acme_used_nonces (nonce)
    select ${nonce}::bytea where ${isPastHorizon(nonce)} on conflict do nothing`.execute(db)
  return numAffectedRows === 1n
}

/**
 * Forgets the nonces made before a time and refuses them from now on, in one step.
 * @param newest no nonce made until now is later: where an earlier sweep went by a clock that was ahead, and so refused
 * what is made today, only what was made until now is refused
 */
export async function forgetNoncesBefore(db: Database, before: Buffer, newest: Buffer): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await sql`update acme_nonce_horizon set before = least(greatest(before, ${before}::bytea), ${newest}::bytea)
      where before < ${before} or before > ${newest}`.execute(trx)
    await trx.deleteFrom('acme_used_nonces').where('nonce', '<', before).execute()
  })
}
