/** Bearer tokens, stored as SHA-256: the token has 256 random bits, so a plain hash suffices. */
import { createHash, randomBytes } from 'node:crypto'
import type { Database, Transaction } from './database.js'
import type { TokenRow } from './tables.js'

export const hashToken = (token: string): Buffer => createHash('sha256').update(token).digest()

export const makeToken = (): string => `upki_${randomBytes(32).toString('base64url')}`

export type NewToken = Omit<TokenRow, 'token_sha256' | 'revoked_at'>

export async function insertToken(db: Database | Transaction, token: string, row: NewToken): Promise<void> {
  await db
    .insertInto('tokens')
    .values({ ...row, token_sha256: hashToken(token) })
    .execute()
}

/** Looks up by hash: an index search over a preimage-resistant value leaks nothing of the token by its time. */
export const findToken = (db: Database, token: string): Promise<TokenRow | undefined> =>
  db.selectFrom('tokens').selectAll().where('token_sha256', '=', hashToken(token)).executeTakeFirst()
