/** Bearer tokens, stored as SHA-256: the token has 256 random bits, so a plain hash suffices. */
import { createHash, randomBytes } from 'node:crypto'
import type { Database, Transaction } from './database.js'
import type { NewTokenRow, TokenRow } from './tables.js'

export const hashToken = (token: string): Buffer => createHash('sha256').update(token).digest()

export const makeToken = (): string => `upki_${randomBytes(32).toString('base64url')}`

export type NewToken = Omit<NewTokenRow, 'token_sha256' | 'revoked_at'>

export async function insertToken(db: Database | Transaction, token: string, row: NewToken): Promise<void> {
  await db
    .insertInto('tokens')
    .values({ ...row, token_sha256: hashToken(token) })
    .execute()
}

export const findTokenById = (db: Database | Transaction, id: string): Promise<TokenRow | undefined> =>
  db.selectFrom('tokens').selectAll().where('id', '=', id).executeTakeFirst()

export interface TokenFilter {
  organisation: string
  operatorId?: string
  after?: string
  limit: number
}

/** Newest first. */
export function listTokens(db: Database, filter: TokenFilter): Promise<TokenRow[]> {
  let query = db.selectFrom('tokens').selectAll().where('organisation', '=', filter.organisation)
  if (filter.operatorId) query = query.where('operator_id', '=', filter.operatorId)
  if (filter.after) query = query.where('id', '<', filter.after)
  return query.orderBy('id', 'desc').limit(filter.limit).execute()
}

/** @returns false when it was revoked before */
export async function revokeToken(trx: Transaction, id: string, now: Date): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('tokens')
    .set({ revoked_at: now })
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

/** As it stands; whoever revokes it waits until this transaction ends. */
export const lockToken = (trx: Transaction, id: string): Promise<TokenRow | undefined> =>
  trx.selectFrom('tokens').selectAll().where('id', '=', id).forShare().executeTakeFirst()
