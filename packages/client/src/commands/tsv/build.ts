/** `tsv build`: files for upload from tables, CSRs, certificates or a report. Writes all of them or none. */
import type { Application, ApplicationInput } from '@upki-gateway/shared/application'
import { checkApplications, completeApplications } from '@upki-gateway/shared/check'
import type { CheckContext, Filled } from '@upki-gateway/shared/check'
import type { ReportRow } from '@upki-gateway/shared/report'
import { Failure } from '../../terminal/failure.js'
import type { Outcome } from '../../terminal/failure.js'
import { printable } from '../../terminal/printable.js'
import type { Context } from '../command-spec.js'
import { ask } from './ask.js'
import type { BuildOptions } from './build-options.js'
import { collectInputs, fromSerial } from './collect-inputs.js'
import { fromReport, readReportFile, withHistory } from './from-report.js'
import { refuseErrors } from './report-findings.js'
import { readSettings } from './settings.js'
import { writeOutput } from './write-output.js'

export async function runBuild(options: BuildOptions, context: Context): Promise<Outcome> {
  const settings = await readSettings(options)
  const report = options.report === undefined ? undefined : await readReportFile(options.report)
  const inputs = await inputsOf(options, context, { report, settings })
  const { applications, filled } = completeApplications(
    inputs,
    report ? withHistory(settings, report) : settings,
  )
  await finish(applications, filled, {
    options,
    context,
    settings: report ? withHistory(settings, report) : settings,
  })
  return 'done'
}

async function inputsOf(
  options: BuildOptions,
  context: Context,
  { report, settings }: { report: ReportRow[] | undefined; settings: CheckContext },
): Promise<ApplicationInput[]> {
  const isFromReport = options.operands.length === 0 && report !== undefined
  if (isFromReport || options.renew) return fromReport(report ?? [], options, context)
  if (options.serial !== undefined) return [fromSerial(options)]
  if (options.operands.length > 0) return collectInputs(options)
  if (process.stdin.isTTY) return [await ask(context.language, settings)]
  throw new Failure('usage', {
    en: 'Give tables, CSRs, a folder of CSRs or --report; on a terminal the command asks.',
    ja: '表、CSR、CSR のフォルダ、または --report を指定してください。端末では対話で入力できます。',
  })
}

interface Finish {
  options: BuildOptions
  context: Context
  settings: CheckContext
}

async function finish(
  applications: readonly Application[],
  filled: readonly Filled[],
  { options, context: { reporter }, settings }: Finish,
): Promise<void> {
  const source = options.operands.join(' ') || options.report || 'build'
  const findings = checkApplications(applications, settings)
  refuseErrors(source, findings, applications.length)
  for (const { row, field, value, why } of filled)
    reporter.say({
      ja: `${row}行 ${field}: ${printable(value, 80)} (${why.ja})`,
      en: `row ${row} ${field}: ${printable(value, 80)} (${why.en})`,
    })
  for (const { row, message } of findings)
    reporter.warn({ ja: `${row}行: ${message.ja}`, en: `row ${row}: ${message.en}` })
  const { files, rows } = await writeOutput([applications], {
    to: 'upki-tsv',
    ...(options.output && { output: options.output }),
  })
  const names = files.join(', ')
  if (files.length > 0)
    reporter.result(
      { ja: `${rows}行を書きました: ${names}`, en: `Wrote ${rows} row(s): ${names}` },
      { files, rows, filled, findings },
    )
}
