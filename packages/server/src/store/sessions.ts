/** Sessions of the console, by the hash of their cookie: whoever reads the table cannot sign in with it. */
import type { Database, Transaction } from './database.js'
import type { SessionRow } from './session-tables.js'
import { hashToken } from './tokens.js'

export type NewSession = Omit<SessionRow, 'token_sha256'>

/** Stores the session and takes out those that have ended. */
export async function insertSession(trx: Transaction, token: string, row: NewSession): Promise<void> {
  await trx.deleteFrom('console_sessions').where('expires_at', '<=', row.created_at).execute()
  await trx
    .insertInto('console_sessions')
    .values({ ...row, token_sha256: hashToken(token) })
    .execute()
  await trx
    .insertInto('console_opened')
    .values({ at: row.created_at })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

/** @param idleSince sessions not seen since are over */
export const findSession = (
  db: Database,
  token: string,
  { now, idleSince }: { now: Date; idleSince: Date },
): Promise<SessionRow | undefined> =>
  db
    .selectFrom('console_sessions')
    .selectAll()
    .where('token_sha256', '=', hashToken(token))
    .where('expires_at', '>', now)
    .where('seen_at', '>', idleSince)
    .executeTakeFirst()

export async function touchSession(db: Database, token: string, now: Date): Promise<void> {
  await db
    .updateTable('console_sessions')
    .set({ seen_at: now })
    .where('token_sha256', '=', hashToken(token))
    .execute()
}

/** @returns the operator whose session it was */
export async function deleteSession(trx: Transaction, token: string): Promise<string | undefined> {
  const row = await trx
    .deleteFrom('console_sessions')
    .where('token_sha256', '=', hashToken(token))
    .returning('operator_id')
    .executeTakeFirst()
  return row?.operator_id
}

export async function deleteSessionsOf(trx: Transaction, operatorId: string): Promise<void> {
  await trx.deleteFrom('console_sessions').where('operator_id', '=', operatorId).execute()
}

/** @returns false when the link was used before; of two at once one is first */
export async function useLink(
  trx: Transaction,
  token: string,
  { now, expiresAt }: { now: Date; expiresAt: Date },
): Promise<boolean> {
  await trx.deleteFrom('used_sign_in_links').where('expires_at', '<=', now).execute()
  const row = await trx
    .insertInto('used_sign_in_links')
    .values({ token_sha256: hashToken(token), expires_at: expiresAt })
    .onConflict((conflict) => conflict.doNothing())
    .returning('expires_at')
    .executeTakeFirst()
  return row !== undefined
}

export async function hasAnybodySignedIn(db: Database): Promise<boolean> {
  return (await db.selectFrom('console_opened').select('at').executeTakeFirst()) !== undefined
}
