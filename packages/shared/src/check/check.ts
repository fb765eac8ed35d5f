/**
 * The check before the upload: what the service would refuse, and what it would take but should not.
 *
 * Pure: the same applications and the same context give the same findings.
 * Source: docs/upki-tsv.md.
 */
import type { Application } from '../application/application.js'
import type { Finding } from '../problem/finding.js'
import { checkAcrossRows } from './check-across-rows.js'
import { checkColumns } from './check-columns.js'
import { checkHistory } from './check-history.js'
import type { CheckContext } from './context.js'
import { Row } from './row.js'

/** Findings of all rows, by row and column; rows count from 1. Grade `error` means: do not upload. */
export function checkApplications(applications: readonly Application[], context: CheckContext): Finding[] {
  const rows = applications.map((application, index) => new Row(application, index + 1, context))
  for (const row of rows) {
    checkColumns(row)
    checkHistory(row)
  }
  checkAcrossRows(rows, context)
  return rows.flatMap((row) => row.findings.sort((a, b) => (a.column ?? 0) - (b.column ?? 0)))
}
