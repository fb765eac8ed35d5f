/**
 * What to do when the service refused a file: it registers nothing then ("abort
 * all"), so the rows with an error fail with the service's words, and the clean
 * rest is queued again and goes out in a new batch.
 * Source: docs/issuance-cycle.md, step 6; docs/issuance-system.md, "Error codes".
 */
import { moveBatch } from '../store/applications.js'
import { appendAudit } from '../store/audit.js'
import { moveBatchState } from '../store/batches.js'
import type { Transaction } from '../store/database.js'
import type { BatchRow } from '../store/tables.js'
import type { Environment } from './ports/environment.js'
import type { RowError } from './ports/issuance-system.js'
import type { Failure } from './states.js'

const remedy = {
  ja: '指摘された項目を直し、新しい鍵で申請し直してください。',
  en: 'Correct the item named and apply again.',
}

function toFailure(error: RowError): Failure {
  const place = error.item ? `${error.item}: ` : ''
  return {
    upstreamCode: error.code,
    column: error.column,
    message: {
      ja: `${place}${error.message}`,
      en: `The issuance system refused the row: ${place}${error.message} (${error.code})`,
    },
    remedy,
  }
}

/** An error that names no row concerns the file as a whole: every row fails with it. */
async function failRow(trx: Transaction, batch: BatchRow, error: RowError, now: Date): Promise<void> {
  let query = trx
    .updateTable('applications')
    .set({ state: 'failed', failure: JSON.stringify(toFailure(error)), updated_at: now })
    .where('batch_id', '=', batch.id)
    .where('state', '=', 'submitting')
  if (error.row !== undefined) query = query.where('batch_row', '=', error.row)
  await query.execute()
}

async function requeueRest(trx: Transaction, batch: BatchRow, now: Date): Promise<void> {
  await moveBatch(trx, batch.id, { from: ['submitting'], to: 'queued', now })
  await trx
    .updateTable('applications')
    .set({ batch_id: null, batch_row: null })
    .where('batch_id', '=', batch.id)
    .where('state', '=', 'queued')
    .execute()
}

export async function refuseBatch(
  env: Environment,
  batch: BatchRow,
  errors: readonly RowError[],
): Promise<void> {
  const now = env.now()
  await env.db.transaction().execute(async (trx) => {
    const moved = await moveBatchState(trx, batch.id, {
      from: 'submitting',
      to: 'refused',
      lease_until: null,
      last_error: errors.map(({ code }) => code).join(' '),
    })
    if (!moved) return
    for (const error of errors) await failRow(trx, batch, error, now)
    await requeueRest(trx, batch, now)
    await appendAudit(trx, [
      {
        at: now,
        actor: 'gateway',
        action: 'batch.refused',
        subject: batch.id,
        detail: { errors: errors.map(({ row, code }) => ({ row, code })) },
      },
    ])
  })
  env.ring('assemble')
}
