/** Challenges (RFC 8555 §7.1.5) and the validations that are due: the store is what remembers them. */
import { sql } from 'kysely'
import { newId } from '../issuance/new-id.js'
import { lockAuthorizations } from './acme-authorizations.js'
import { type ChallengeRow, challengeTypes, type OrderError } from './acme-tables.js'
import type { Database, Transaction } from './database.js'
import { hasCome } from './has-come.js'

export interface Wanted {
  accountId: string
  names: readonly string[]
  now: Date
  expiresAt: Date
  makeToken: () => string
}

/** What is over, or rests on an approval or application alone, no longer stands for these names. */
async function putAway(trx: Transaction, { accountId, names, now }: Wanted): Promise<void> {
  await trx
    .updateTable('acme_authorizations')
    .set({ status: 'expired' })
    .where('account_id', '=', accountId)
    .where('name', 'in', names)
    .where('status', 'in', ['pending', 'valid'])
    .where((eb) => eb.or([eb('expires_at', '<=', now), eb('basis', '<>', 'challenge')]))
    .execute()
}

/** What is still to be shown lasts as long as the newest order that needs it. */
async function prolong(trx: Transaction, { accountId, names, expiresAt }: Wanted): Promise<void> {
  await trx
    .updateTable('acme_authorizations')
    .set({ expires_at: expiresAt })
    .where('account_id', '=', accountId)
    .where('name', 'in', names)
    .where('status', '=', 'pending')
    .where('expires_at', '<', expiresAt)
    .execute()
}

async function insertPending(trx: Transaction, { accountId, names, now, expiresAt, makeToken }: Wanted) {
  // Sorted, so that two orders at once lock the rows in the same order.
  const rows = [...names].sort().map((name) => ({
    id: newId(),
    account_id: accountId,
    name,
    status: 'pending' as const,
    basis: 'challenge' as const,
    expires_at: expiresAt,
    created_at: now,
  }))
  const made = await trx
    .insertInto('acme_authorizations')
    .values(rows)
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .execute()
  const challenges = made.flatMap(({ id }) =>
    challengeTypes.map((type) => ({
      id: newId(),
      authorization_id: id,
      account_id: accountId,
      type,
      token: makeToken(),
      status: 'pending' as const,
    })),
  )
  if (challenges.length > 0) await trx.insertInto('acme_challenges').values(challenges).execute()
}

export interface Live {
  id: string
  isValid: boolean
  expiresAt: Date
}

/** For each name the live authorization, or a new pending one with its challenges; in the order of the names. */
export async function wantAuthorizations(trx: Transaction, wanted: Wanted): Promise<Live[]> {
  await lockAuthorizations(trx, wanted.accountId)
  await putAway(trx, wanted)
  await prolong(trx, wanted)
  await insertPending(trx, wanted)
  const rows = await trx
    .selectFrom('acme_authorizations')
    .select(['id', 'name', 'status', 'expires_at'])
    .where('account_id', '=', wanted.accountId)
    .where('name', 'in', wanted.names)
    .where('status', 'in', ['pending', 'valid'])
    .execute()
  const byName = new Map(
    rows.map(({ id, name, status, expires_at: expiresAt }) => [
      name,
      { id, isValid: status === 'valid', expiresAt },
    ]),
  )
  return wanted.names.flatMap((name) => byName.get(name) ?? [])
}

export const listChallenges = (
  db: Database | Transaction,
  authorizationId: string,
): Promise<ChallengeRow[]> =>
  db
    .selectFrom('acme_challenges')
    .selectAll()
    .where('authorization_id', '=', authorizationId)
    .orderBy('id')
    .execute()

/** Only the account's own. */
export const lockChallenge = (
  trx: Transaction,
  accountId: string,
  id: string,
): Promise<ChallengeRow | undefined> =>
  trx
    .selectFrom('acme_challenges')
    .selectAll()
    .where('id', '=', id)
    .where('account_id', '=', accountId)
    .forUpdate()
    .executeTakeFirst()

export async function makeDue(trx: Transaction, id: string, now: Date): Promise<void> {
  await trx
    .updateTable('acme_challenges')
    .set({ status: 'processing', due_at: now })
    .where('id', '=', id)
    .where('status', 'in', ['pending', 'processing'])
    .execute()
}

/** What counts against the number of validations that may fail. */
export interface ValidationBudget {
  /** Oldest first. */
  failures: Date[]
  underWay: number
}

/**
 * Of one account, at most `limit` of each. Another answer to a challenge of the account waits until this
 * transaction ends: what is made due here is seen there.
 */
export async function lockBudget(
  trx: Transaction,
  accountId: string,
  { since, limit }: { since: Date; limit: number },
): Promise<ValidationBudget> {
  // Not `for update`: that would keep orders of the account waiting too, which refer to it.
  await trx.selectFrom('acme_accounts').select('id').where('id', '=', accountId).forNoKeyUpdate().execute()
  const { rows } = await sql<{ failed_at: Date | null }>`
    (select failed_at from acme_challenges where account_id = ${accountId} and failed_at > ${since}
      order by failed_at desc limit ${limit})
    union all (select null from acme_challenges where account_id = ${accountId} and status = 'processing'
      limit ${limit})`.execute(trx)
  const failures = rows.flatMap(({ failed_at: at }) => at ?? []).reverse()
  return { failures, underWay: rows.length - failures.length }
}

/** Takes due validations for `leaseMs`: when this process dies, another one takes them after that. */
export async function takeDue(
  db: Database,
  now: Date,
  leaseMs: number,
  limit: number,
): Promise<ChallengeRow[]> {
  const due = db
    .selectFrom('acme_challenges')
    .select('id')
    .where('status', '=', sql.lit('processing'))
    .where(hasCome('due_at', now, leaseMs))
    .orderBy('due_at')
    .limit(limit)
    .forUpdate()
    .skipLocked()
  return db
    .updateTable('acme_challenges')
    .set((eb) => ({ due_at: new Date(now.getTime() + leaseMs), attempts: eb('attempts', '+', 1) }))
    .where('id', 'in', due)
    .returningAll()
    .execute()
}

export const findNextDue = async (db: Database): Promise<Date | undefined> =>
  (
    await db
      .selectFrom('acme_challenges')
      .select('due_at')
      .where('status', '=', sql.lit('processing'))
      .orderBy('due_at')
      .limit(1)
      .executeTakeFirst()
  )?.due_at ?? undefined

export async function tryLater(db: Database, id: string, dueAt: Date, error: OrderError): Promise<void> {
  await db
    .updateTable('acme_challenges')
    .set({ due_at: dueAt, error: JSON.stringify(error) })
    .where('id', '=', id)
    .where('status', '=', 'processing')
    .execute()
}

/** @returns false when it was settled, or its authorization ended, meanwhile: then nothing changes */
export async function settle(
  trx: Transaction,
  { id, account_id: accountId, authorization_id: authorizationId }: ChallengeRow,
  outcome: { now: Date; validUntil: Date; error?: OrderError },
): Promise<boolean> {
  const { now, validUntil, error } = outcome
  const status = error ? 'invalid' : 'valid'
  await lockAuthorizations(trx, accountId)
  const { numUpdatedRows } = await trx
    .updateTable('acme_authorizations')
    .set(error ? { status } : { status, expires_at: validUntil })
    .where('id', '=', authorizationId)
    .where('status', '=', 'pending')
    .executeTakeFirst()
  await trx
    .updateTable('acme_challenges')
    .set({
      status: numUpdatedRows === 1n ? status : 'invalid',
      ...(error ? { error: JSON.stringify(error), failed_at: now } : { error: null, validated_at: now }),
    })
    .where('id', '=', id)
    .where('status', '=', 'processing')
    .execute()
  return numUpdatedRows === 1n
}

/** The pending orders whose authorizations are all valid now. */
export async function readyOrders(
  trx: Transaction,
  accountId: string,
  authorizationId: string,
): Promise<void> {
  await trx
    .updateTable('acme_orders')
    .set({ stage: 'ready' })
    .where('account_id', '=', accountId)
    .where('stage', '=', 'pending')
    .where('is_open', '=', true)
    .where(sql<boolean>`${authorizationId} = any(authorization_ids)`)
    .where(
      sql<boolean>`not exists (select from acme_authorizations a
        where a.id = any(authorization_ids) and a.status <> 'valid')`,
    )
    .execute()
}
