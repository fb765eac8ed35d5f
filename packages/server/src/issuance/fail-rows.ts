/** Rows that the service named as wrong fail with its words. Source: docs/issuance-system.md, "Error codes". */
import type { Transaction } from '../store/database.js'
import type { BatchRow } from '../store/tables.js'
import { groupBy } from './group-by.js'
import type { RowError } from './ports/issuance-system.js'
import { type Failure, unansweredStates } from './states.js'

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
async function failRow(trx: Transaction, batch: BatchRow, refused: RefusedRow, now: Date): Promise<void> {
  let query = trx
    .updateTable('applications')
    .set({ state: 'failed', failure: JSON.stringify(toFailure(refused.errors)), updated_at: now })
    .where('batch_id', '=', batch.id)
    .where('state', 'in', unansweredStates)
  if (refused.row !== undefined) query = query.where('batch_row', '=', refused.row)
  await query.execute()
}

/** In the order of the file; the file as a whole last. */
const byRow = (errors: readonly RowError[]): RefusedRow[] =>
  [...groupBy(errors, ({ row }) => row)]
    .map(([row, group]) => ({ row, errors: group }))
    .sort((a, b) => (a.row ?? Infinity) - (b.row ?? Infinity))

/** For the audit log: codes and rows, not what was written in them. */
export const rowsNamed = (errors: readonly RowError[]) => ({
  errors: errors.map(({ row, code }) => ({ row, code })),
})

export async function failRows(
  trx: Transaction,
  batch: BatchRow,
  errors: readonly RowError[],
  now: Date,
): Promise<void> {
  for (const refused of byRow(errors)) await failRow(trx, batch, refused, now)
}
