/** Answers kept by Idempotency-Key, written in the transaction of the work they answer for. */
import { lockFor } from './advisory-lock.js'
import type { Database, Transaction } from './database.js'

export interface StoredAnswer {
  requestSha256: string
  status: number
  body: unknown
}

export interface IdempotencyScope {
  /** Who asked. */
  actor: string
  key: string
}

/** Waits while another transaction holds the same key, then sees what it stored. */
export const lockIdempotencyKey = (trx: Transaction, { actor, key }: IdempotencyScope): Promise<void> =>
  lockFor(trx, `idempotency:${actor}:${key}`)

export async function findAnswer(
  trx: Transaction,
  { actor, key }: IdempotencyScope,
): Promise<StoredAnswer | undefined> {
  const row = await trx
    .selectFrom('idempotency_keys')
    .selectAll()
    .where('actor', '=', actor)
    .where('key', '=', key)
    .executeTakeFirst()
  return row && { requestSha256: row.request_sha256, status: row.status, body: row.body }
}

export async function storeAnswer(
  trx: Transaction,
  scope: IdempotencyScope,
  answer: StoredAnswer,
  now: Date,
): Promise<void> {
  await trx
    .insertInto('idempotency_keys')
    .values({
      actor: scope.actor,
      key: scope.key,
      request_sha256: answer.requestSha256,
      status: answer.status,
      body: JSON.stringify(answer.body),
      created_at: now,
    })
    .execute()
}

export async function deleteAnswersBefore(db: Database, time: Date): Promise<void> {
  await db.deleteFrom('idempotency_keys').where('created_at', '<', time).execute()
}
