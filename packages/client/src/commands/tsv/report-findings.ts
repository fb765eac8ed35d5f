/** How commands that write end when rows are not in order: findings on standard error, status 1. */
import type { Finding } from '@upki-gateway/shared/problem'
import { Failure } from '../../terminal/failure.js'
import { renderTable } from './render-table.js'
import type { CheckedInput } from './check-input.js'

/** @throws Failure that shows every error */
export function refuseErrors(path: string, findings: readonly Finding[], rows: number): void {
  const errors = findings.filter(({ grade }) => grade === 'error')
  if (errors.length > 0) throw refusal({ path, rows, findings: errors })
}

export function refusal({
  path,
  rows,
  findings,
}: Pick<CheckedInput, 'path' | 'rows'> & { findings: Finding[] }): Failure {
  const result = {
    path,
    rows,
    encoding: '',
    findings,
    counts: { error: findings.length, warning: 0, notice: 0 },
  }
  return new Failure(
    'failed',
    {
      ja: `誤りがあるため、何も書きませんでした。\n${renderTable([result], 'ja')}`,
      en: `There are errors; nothing was written.\n${renderTable([result], 'en')}`,
    },
    { details: { findings } },
  )
}
