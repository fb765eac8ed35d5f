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
import { failRows, rowsNamed } from './fail-rows.js'
import type { Environment } from './ports/environment.js'
import type { RowError } from './ports/issuance-system.js'
import { priorities } from './queue-order.js'
import { type ApplicationState, goingOutStates } from './states.js'
import type { Word } from './word.js'

export async function requeueRest(
  trx: Transaction,
  batch: Pick<BatchRow, 'id'>,
  now: Date,
  from: readonly ApplicationState[] = goingOutStates,
): Promise<void> {
  await moveBatch(trx, batch.id, { from, to: 'queued', now })
  await trx
    .updateTable('applications')
    // They have waited once, through no fault of their own: they go out at once.
    .set({ batch_id: null, batch_row: null, priority: priorities.urgent })
    .where('batch_id', '=', batch.id)
    .where('state', '=', 'queued')
    .execute()
}

/** @returns false when the batch had moved on: nothing was changed */
export async function refuseBatch(
  env: Environment,
  batch: BatchRow,
  errors: readonly RowError[],
  { actor, from, upload }: Word,
): Promise<boolean> {
  const now = env.now()
  const moved = await env.db.transaction().execute(async (trx) => {
    const change = {
      lease_until: null,
      unknown_since: null,
      attention: null,
      last_error: errors.map(({ code }) => code).join(' '),
    }
    if (!(await moveBatchState(trx, batch.id, { from, upload, to: 'refused', ...change }))) return false
    await failRows(trx, batch, errors, now)
    await requeueRest(trx, batch, now)
    const detail = rowsNamed(errors)
    await appendAudit(trx, [{ at: now, actor, action: 'batch.refused', subject: batch.id, detail }])
    return true
  })
  if (moved) env.ring('assemble')
  return moved
}
