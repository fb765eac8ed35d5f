import type { Environment } from '../issuance/ports/environment.js'
import { forgetNoncesBefore } from '../store/acme-nonces.js'
import { NONCE_LIFETIME_MS, oldestNonceAt } from './nonces.js'

/** Bounds the set of used nonces: the expired ones are refused by their age, so they need not be kept. */
export async function sweepNonces({ db, now }: Pick<Environment, 'db' | 'now'>): Promise<void> {
  await forgetNoncesBefore(db, oldestNonceAt(new Date(now().getTime() - NONCE_LIFETIME_MS)))
}
