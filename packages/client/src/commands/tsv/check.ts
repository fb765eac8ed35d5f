/** `tsv check`: the check before the upload. */
import type { Outcome } from '../../terminal/failure.js'
import type { CommonOptions, Context } from '../command-spec.js'
import { checkInput } from './check-input.js'
import type { CheckedInput } from './check-input.js'
import { existing } from './read-input.js'
import type { InputOptions } from './read-input.js'
import { renderGithub } from './render-github.js'
import { renderSarif } from './render-sarif.js'
import { renderTable } from './render-table.js'
import { readSettings } from './settings.js'

export interface CheckOptions extends CommonOptions, InputOptions {
  operands: string[]
  format: 'table' | 'github' | 'sarif'
  sarif?: boolean
}

/** Status 1 when anything is found but notices: a clean file has neither errors nor warnings. */
export async function runCheck(options: CheckOptions, context: Context): Promise<Outcome> {
  const settings = await readSettings(options)
  for (const path of options.operands) if (path !== '-') await existing(path)
  const results: CheckedInput[] = []
  for (const path of options.operands) results.push(await checkInput(path, options, settings))
  report(results, options, context)
  return results.some(({ counts }) => counts.error + counts.warning > 0) ? 'failed' : 'done'
}

function report(
  results: readonly CheckedInput[],
  options: CheckOptions,
  { reporter, language }: Context,
): void {
  const format = options.sarif ? 'sarif' : options.format
  const render = { table: renderTable, github: renderGithub, sarif: renderSarif }[format]
  const text = render(results, language)
  reporter.result({ ja: text, en: text }, { files: results })
}
