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
import { judgeRow } from './judge.js'
import type { Judged, RowKeys } from './judge.js'
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
    const found: Finding[] = []
    for (const [index, application] of applications.entries()) {
      const row = new Row(application, firstRow + index, context)
      this.#compare(row, judgeRow(row), found)
    }
    return found
  }

  /** As {@link check}, with rows that were judged elsewhere. */
  finish(
    applications: readonly Application[],
    judged: readonly Judged[],
    context: CheckContext,
    firstRow = 1,
  ): Finding[] {
    const found: Finding[] = []
    for (const [index, application] of applications.entries()) {
      const { findings, keys } = judged[index] ?? { findings: [], keys: {} }
      this.#compare(new Row(application, firstRow + index, context, findings), keys, found)
    }
    return found
  }

  /** With what was issued before, and with the rows before it. */
  #compare(row: Row, keys: RowKeys, found: Finding[]): void {
    checkHistory(row)
    if (keys.keyIdentity && row.context.keySeen?.(keys.keyIdentity)) row.find('keySeen', 'csr')
    if (isBlocked(keys, row.context)) row.find('keyBlocked', 'csr')
    this.#seen.check(row, keys)
    if (row.findings.length > 0) found.push(...row.findings.sort((a, b) => (a.column ?? 0) - (b.column ?? 0)))
  }
}

/** By its own hash, or by that of the usual form of its modulus. */
const isBlocked = ({ keyIdentity, spkiSha256 }: RowKeys, { blockedKeys }: CheckContext): boolean =>
  [keyIdentity, spkiSha256].some((hash) => hash !== undefined && blockedKeys?.has(hash) === true)
