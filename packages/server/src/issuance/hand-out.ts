/**
 * Gives a sealed file into an operator's hands, once: from then on it may be uploaded at any time, so it
 * is never handed out again as new. Source: docs/issuance-cycle.md, step 6.
 */
import { ProblemError } from '../problem/problem-error.js'
import { appendAudit } from '../store/audit.js'
import { type BatchMove, lockBatch, moveBatchWhole } from '../store/batches.js'
import type { Transaction } from '../store/database.js'
import type { BatchRow } from '../store/tables.js'
import type { Environment } from './ports/environment.js'

export interface HandOut {
  actor: string
  /** The operator knows that the file was taken before and wants the same bytes once more. */
  again: boolean
}

const alreadyTaken = ({ handed_out_at: at, handed_out_to: to }: BatchRow): ProblemError =>
  new ProblemError(
    'conflict',
    `The file was taken at ${at?.toISOString()} by ${to} and may have been uploaded. Tell its outcome; ` +
      'only if you are sure that it was not uploaded, take the same bytes with again=true',
    {
      ja:
        `このファイルは${at?.toISOString()}に${to}が受け取り済みで、アップロード済みかもしれません。結果を報告してください。` +
        'アップロードしていないことが確かな場合だけ、again=true で同じ内容をもう一度取得できます。',
    },
  )

const notForHands = ({ state }: BatchRow): ProblemError =>
  new ProblemError('conflict', `The batch is ${state}; the gateway uploads it by itself`, {
    ja: `このバッチは「${state}」の状態です。ゲートウェイが自動でアップロードします。`,
  })

async function markHandedOut(trx: Transaction, batch: BatchRow, actor: string, now: Date): Promise<void> {
  const move: BatchMove = { from: ['sealed'], to: 'handed-out', handed_out_at: now, handed_out_to: actor }
  await moveBatchWhole(trx, batch.id, move, {
    now,
    applications: { from: ['batched'], to: 'submitting' },
    entries: [
      { at: now, actor, action: 'batch.hand-out', subject: batch.id, detail: { sha256: batch.sha256 } },
    ],
  })
}

async function recordReading(trx: Transaction, batch: BatchRow, actor: string, now: Date): Promise<void> {
  const detail = { state: batch.state }
  await appendAudit(trx, [{ at: now, actor, action: 'batch.read', subject: batch.id, detail }])
}

/** @throws ProblemError conflict when it was taken before, or the gateway is to upload it */
export async function handOut(env: Environment, id: string, { actor, again }: HandOut): Promise<BatchRow> {
  const now = env.now()
  return env.db.transaction().execute(async (trx) => {
    const batch = await lockBatch(trx, id)
    const { worksByItself } = env.issuanceSystem(batch.issuance_system)
    const isWaiting = batch.state === 'sealed' || batch.state === 'submitting'
    if (worksByItself && isWaiting) throw notForHands(batch)
    if (batch.state === 'handed-out' && !again) throw alreadyTaken(batch)
    if (batch.state === 'sealed') await markHandedOut(trx, batch, actor, now)
    else await recordReading(trx, batch, actor, now)
    return batch
  })
}
