/** Findings for people: one line for each, with the offending cell marked, and a sum for each file. */
import type { Finding } from '@upki-gateway/shared/problem'
import colors from 'picocolors'
import type { Language } from '../../terminal/language.js'
import { printable } from '../../terminal/printable.js'
import type { CheckedInput } from './check-input.js'

export const renderTable = (results: readonly CheckedInput[], language: Language): string =>
  results.map((result) => renderFile(result, language)).join('\n\n')

function renderFile(result: CheckedInput, language: Language): string {
  return [
    colors.bold(`${printable(result.path)}: ${headOf(result, language)}`),
    ...result.findings.map((finding) => renderFinding(finding, language)),
    sumOf(result, language),
  ].join('\n')
}

function headOf({ format = '?', encoding, kind, rows }: CheckedInput, language: Language): string {
  const words = { ja: `${rows}行`, en: `${rows} row(s)` }[language]
  return [format, encoding, kind, words].filter(Boolean).join(', ')
}

const paint = { error: colors.red, warning: colors.yellow, notice: colors.cyan }
const names = {
  error: { ja: 'エラー', en: 'error' },
  warning: { ja: '警告', en: 'warning' },
  notice: { ja: '通知', en: 'notice' },
}

function renderFinding(finding: Finding, language: Language): string {
  const { grade, row, column, columnName, upstreamCode, value, message, remedy, suggestion, code } = finding
  const place = { ja: `${row}行`, en: `row ${row}` }[language]
  const cell = column === undefined ? '' : ` [${column} ${columnName?.[language] ?? ''}]`
  const codes = upstreamCode ? `${code}, ${upstreamCode}` : code
  return [
    `  ${place}${cell} ${paint[grade](names[grade][language])} ${message[language]} (${codes})`,
    ...(value ? [`      ${colors.inverse(printable(value, 80))}`] : []),
    `      ${remedy[language]}`,
    ...(suggestion ? [`      → ${colors.green(printable(suggestion.value, 120))}`] : []),
  ].join('\n')
}

function sumOf({ counts, findings }: CheckedInput, language: Language): string {
  const { error, warning, notice } = counts
  const sum = {
    ja: `エラー${error}件、警告${warning}件、通知${notice}件`,
    en: `${error} error(s), ${warning} warning(s), ${notice} notice(s)`,
  }[language]
  const hidden = error + warning + notice - findings.length
  const more = { ja: `（ほか${hidden}件は省略）`, en: ` (${hidden} not shown)` }[language]
  return `  ${sum}${hidden > 0 ? more : ''}`
}
