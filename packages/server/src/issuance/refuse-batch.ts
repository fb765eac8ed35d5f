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
import { groupBy } from './group-by.js'
import type { Environment } from './ports/environment.js'
import type { RowError } from './ports/issuance-system.js'
import type { Failure } from './states.js'

const remedy = {
  ja: '指摘された項目を直して申請し直してください。',
  en: 'Correct the item named and apply again.',
}

const placed = ({ item, message }: RowError): string => (item ? `${item}: ${message}` : message)

/** All that is wrong with a row, so that it need not be found out one error at a time. */
function toFailure(errors: readonly RowError[]): Failure {
  const texts = errors.map((error) => `${placed(error)} (${error.code})`)
  return {
    upstreamCode: errors[0]?.code,
    column: errors[0]?.column,
    message: {
      ja: errors.map(placed).join('\n'),
      en: `The issuance system refused the row: ${texts.join('; ')}`,
    },
    remedy,
  }
}

/** All that the answer says of one row. */
interface RefusedRow {
  /** From 1; undefined for the file as a whole. */
  row: number | undefined
  errors: readonly RowError[]
}

/** An error that names no row concerns the file as a whole: every row without one of its own fails with it. */
async function failRows(trx: Transaction, batch: BatchRow, refused: RefusedRow, now: Date): Promise<void> {
  let query = trx
    .updateTable('applications')
    .set({ state: 'failed', failure: JSON.stringify(toFailure(refused.errors)), updated_at: now })
    .where('batch_id', '=', batch.id)
    .where('state', '=', 'submitting')
  if (refused.row !== undefined) query = query.where('batch_row', '=', refused.row)
  await query.execute()
}

/** In the order of the file; the file as a whole last. */
const byRow = (errors: readonly RowError[]): RefusedRow[] =>
  [...groupBy(errors, ({ row }) => row)]
    .map(([row, group]) => ({ row, errors: group }))
    .sort((a, b) => (a.row ?? Infinity) - (b.row ?? Infinity))

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
      from: ['submitting'],
      to: 'refused',
      lease_until: null,
      last_error: errors.map(({ code }) => code).join(' '),
    })
    if (!moved) return
    for (const refused of byRow(errors)) await failRows(trx, batch, refused, now)
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
