/**
 * The check before the upload: what the service would refuse, and what it would take but should not.
 *
 * Pure: the same applications and the same context give the same findings, whole or in parts.
 * Source: docs/upki-tsv.md.
 */
import type { Application } from '../application/application.js'
import type { Finding } from '../problem/finding.js'
import { SeenRows } from './check-across-rows.js'
import { checkHistory } from './check-history.js'
import type { CheckContext } from './context.js'
import { judge } from './judge.js'
import type { Judged } from './judge.js'
import { Row } from './row.js'

/** Findings of all rows, by row and column; rows count from 1. Grade `error` means: do not upload. */
export const checkApplications = (applications: readonly Application[], context: CheckContext): Finding[] =>
  new ApplicationChecker().check(applications, context)

/** Checks rows as they come; those of later calls are compared with those of earlier ones. */
export class ApplicationChecker {
  readonly #seen: SeenRows

  /** @param maxKeys names, keys and serials that are remembered for comparing; default 25 million, 400 MB */
  constructor({ maxKeys }: { maxKeys?: number } = {}) {
    this.#seen = new SeenRows(maxKeys)
  }

  /** @param firstRow row of the first application, from 1 */
  check(applications: readonly Application[], context: CheckContext, firstRow = 1): Finding[] {
    return this.#finishAll(applications, context, firstRow, (application, row) =>
      judge(application, row, context),
    )
  }

  /** As {@link check}, with rows that were judged elsewhere. */
  finish(
    applications: readonly Application[],
    judged: readonly Judged[],
    context: CheckContext,
    firstRow = 1,
  ): Finding[] {
    return this.#finishAll(applications, context, firstRow, (_, row) => judged[row - firstRow])
  }

  #finishAll(
    applications: readonly Application[],
    context: CheckContext,
    firstRow: number,
    judgedOf: (application: Application, row: number) => Judged | undefined,
  ): Finding[] {
    const all: Finding[] = []
    for (const [index, application] of applications.entries()) {
      const number = firstRow + index
      const { findings = [], keys = {} } = judgedOf(application, number) ?? {}
      const row = new Row(application, number, context, findings)
      checkHistory(row)
      if (keys.spkiSha256 && context.keySeen?.(keys.spkiSha256)) row.find('keySeen', 'csr')
      this.#seen.check(row, keys)
      if (row.findings.length > 0) all.push(...row.findings.sort((a, b) => (a.column ?? 0) - (b.column ?? 0)))
    }
    return all
  }
}
