/**
 * Idempotency-Key: the same request sent again gives the kept answer.
 *
 * The answer is stored in the transaction of the work, so that after a crash
 * there are both or neither. Refusals are not kept: nothing was done.
 */
import { createHash } from 'node:crypto'
import type { Request, Response } from 'express'
import { ProblemError } from '../problem/problem-error.js'
import type { Database, Transaction } from '../store/database.js'
import { findAnswer, lockIdempotencyKey, storeAnswer } from '../store/idempotency.js'
import { callerOf } from './authenticate.js'

export interface Answer {
  status: number
  body: unknown
}

function hashRequest(request: Request): string {
  const hash = createHash('sha256').update(`${request.method} ${request.originalUrl}\n`)
  return hash.update(JSON.stringify(request.body ?? null)).digest('hex')
}

function refuseOtherBody(): never {
  throw new ProblemError(
    'idempotencyKeyReused',
    'This Idempotency-Key came with another body before; use a new key for a new request',
    {
      ja: 'このIdempotency-Keyは別の内容のリクエストで使われています。新しいキーを使ってください。',
    },
  )
}

/**
 * Runs the work once for each Idempotency-Key of a caller, in one transaction with the answer that is kept. Without a
 * key nothing is kept, and the work, which is all or nothing by itself, needs no transaction around it.
 */
export async function answerOnce(
  db: Database,
  now: Date,
  request: Request,
  work: (db: Database | Transaction) => Promise<Answer>,
): Promise<Answer & { replayed: boolean }> {
  const key = request.get('idempotency-key')
  if (key === undefined) return { ...(await work(db)), replayed: false }
  return db.transaction().execute(async (trx) => {
    const scope = { actor: callerOf(request).actor, key }
    const requestSha256 = hashRequest(request)
    await lockIdempotencyKey(trx, scope)
    const kept = await findAnswer(trx, scope)
    if (kept && kept.requestSha256 !== requestSha256) refuseOtherBody()
    if (kept) return { status: kept.status, body: kept.body, replayed: true }
    const answer = await work(trx)
    await storeAnswer(trx, scope, { ...answer, requestSha256 }, now)
    return { ...answer, replayed: false }
  })
}

export function sendAnswer(
  response: Response,
  { status, body, replayed }: Answer & { replayed: boolean },
): void {
  if (replayed) response.set('Idempotency-Replayed', 'true')
  response.status(status).json(body)
}
