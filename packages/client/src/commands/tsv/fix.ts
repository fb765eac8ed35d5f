/** `tsv fix`: applies what the check suggests, after asking. */
import type { Application } from '@upki-gateway/shared/application'
import { applySuggestions } from '@upki-gateway/shared/check'
import type { Finding, Suggestion } from '@upki-gateway/shared/problem'
import type { FormatName } from '@upki-gateway/shared/formats'
import { Failure } from '../../terminal/failure.js'
import type { Outcome } from '../../terminal/failure.js'
import type { Language } from '../../terminal/language.js'
import { printable } from '../../terminal/printable.js'
import type { CommonOptions, Context } from '../command-spec.js'
import { checkInput } from './check-input.js'
import type { InputOptions } from './read-input.js'
import { readSettings } from './settings.js'
import { refusal } from './report-findings.js'
import { CannotWrite, writeOutput } from './write-output.js'

export interface FixOptions extends CommonOptions, InputOptions {
  operands: string
  output?: string
  yes?: boolean
}

/** Asked for many rows at once a person decides nothing: larger files are fixed at their source. */
const maxRows = 10_000

export async function runFix(options: FixOptions, context: Context): Promise<Outcome> {
  const settings = await readSettings(options)
  const applications: Application[] = []
  const { rows, format, findings } = await checkInput(options.operands, options, settings, (batch) =>
    applications.push(...batch),
  )
  if (rows > maxRows || applications.length < rows) throw cannotFix(findings, rows)
  const accepted = await choose(findings, options, context)
  const fixed = applySuggestions(applications, settings, (finding, suggestion) =>
    accepted(finding, suggestion),
  )
  if (options.output !== undefined && fixed.changes.length > 0)
    await write(fixed.applications, (format ?? 'upki-tsv') as FormatName, options)
  report(fixed.changes.length, fixed.findings, { options, context, changes: fixed.changes })
  return fixed.findings.some(({ grade }) => grade === 'error') ? 'failed' : 'done'
}

/** A change that was not agreed to may leave what the format cannot hold. */
async function write(
  applications: readonly Application[],
  to: FormatName,
  { operands: path, output }: FixOptions,
): Promise<void> {
  try {
    await writeOutput([applications], { to, ...(output && { output }) })
  } catch (error) {
    if (!(error instanceof CannotWrite)) throw error
    throw refusal({ path, rows: applications.length, findings: [error.finding] })
  }
}

const cannotFix = (findings: readonly Finding[], rows: number): Failure =>
  new Failure('failed', {
    en: `${rows > maxRows ? `More than ${maxRows} rows` : (findings[0]?.message.en ?? '')}: correct the file at its source.`,
    ja: `${rows > maxRows ? `${maxRows}行を超えています` : (findings[0]?.message.ja ?? '')}。元のファイルを直してください。`,
  })

type Accept = (finding: Finding, suggestion: Suggestion) => boolean

/** On a terminal each change is asked for; `--yes` takes those that need no consent. */
async function choose(
  findings: readonly Finding[],
  { yes, quiet }: FixOptions,
  { language }: Context,
): Promise<Accept> {
  if (yes) return (_, { needsConsent }) => !needsConsent
  if (!process.stdin.isTTY || quiet)
    throw new Failure('usage', {
      en: 'There is no terminal to ask on; use --yes for the changes that need no consent.',
      ja: '質問できる端末がありません。了解の要らない修正だけなら --yes を付けてください。',
    })
  const { confirm, isCancel } = await import('@clack/prompts')
  const agreed = new Set<string>()
  for (const finding of findings) {
    const { row, suggestion } = finding
    if (!suggestion) continue
    const answer = await confirm({
      message: questionOf(finding, suggestion, language),
      initialValue: !suggestion.needsConsent,
    })
    if (isCancel(answer))
      throw new Failure('interrupted', { en: 'Nothing was changed.', ja: '何も変更していません。' })
    if (answer) agreed.add(keyOf(row, suggestion))
  }
  return ({ row }, suggestion) => agreed.has(keyOf(row, suggestion))
}

/** Where, what is wrong, what stands there and what would. */
function questionOf(
  { row, column, columnName, message, value }: Finding,
  suggestion: Suggestion,
  language: Language,
): string {
  const place = { ja: `${row}行`, en: `row ${row}` }[language]
  const cell = column === undefined ? '' : ` [${column} ${columnName?.[language] ?? ''}]`
  const before = value === undefined ? [] : [`  ${printable(value, 200)}`]
  return [`${place}${cell} ${message[language]}`, ...before, `→ ${printable(suggestion.value, 200)}`].join(
    '\n',
  )
}

const keyOf = (row: number, { field, value }: Suggestion): string => `${row} ${field} ${value}`

function report(
  count: number,
  findings: readonly Finding[],
  { options, context, changes }: { options: FixOptions; context: Context; changes: object[] },
): void {
  const errors = findings.filter(({ grade }) => grade === 'error').length
  const place = options.output ?? ''
  context.reporter.result(
    {
      ja: `${count}か所を修正しました${place ? ` (${place})` : '。書き出すには --output を付けてください'}。残る誤りは${errors}件です。`,
      en: `${count} change(s)${place ? ` written to ${place}` : '; add --output to write them'}. ${errors} error(s) remain.`,
    },
    { changes, findings, output: options.output ?? null },
  )
}
