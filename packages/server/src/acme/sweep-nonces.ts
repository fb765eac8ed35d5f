import { forgetNoncesBefore } from '../store/acme-nonces.js'
import type { Database } from '../store/database.js'
import { NONCE_LIFETIME_MS, oldestNonceAt } from './nonces.js'

/**
 * Bounds the set of used nonces: the expired ones are refused by their age, so they need not be kept.
 * @param clocks of this process and of the database, since one that is ahead must not make nonces of today expire
 */
export async function sweepNonces(db: Database, clocks: { earlier: Date; later: Date }): Promise<void> {
  const before = new Date(clocks.earlier.getTime() - NONCE_LIFETIME_MS)
  await forgetNoncesBefore(db, oldestNonceAt(before), oldestNonceAt(clocks.later))
}
