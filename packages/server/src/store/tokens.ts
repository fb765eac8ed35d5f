/** Bearer tokens, stored as SHA-256: the token has 256 random bits, so a plain hash suffices. */
import { createHash, randomBytes } from 'node:crypto'
import type { Database, Transaction } from './database.js'
import type { NewTokenRow } from './tables.js'

export const hashToken = (token: string): Buffer => createHash('sha256').update(token).digest()

export const makeToken = (): string => `upki_${randomBytes(32).toString('base64url')}`

export type NewToken = Omit<NewTokenRow, 'token_sha256' | 'revoked_at'>

export async function insertToken(db: Database | Transaction, token: string, row: NewToken): Promise<void> {
  await db
    .insertInto('tokens')
    .values({ ...row, token_sha256: hashToken(token) })
    .execute()
}
