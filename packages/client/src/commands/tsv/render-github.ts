/** Findings as workflow commands, which code review tools show beside the line. */
import type { Finding } from '@upki-gateway/shared/problem'
import type { Language } from '../../terminal/language.js'
import type { CheckedInput } from './check-input.js'

export const renderGithub = (results: readonly CheckedInput[], language: Language): string =>
  results
    .flatMap(({ path, format, findings }) =>
      findings.map((finding) => render(finding, path, format, language)),
    )
    .join('\n')

function render(finding: Finding, path: string, format: string | undefined, language: Language): string {
  const { grade, code, message, remedy, column } = finding
  const place = `file=${property(path)},line=${lineOf(finding, format)}${column === undefined ? '' : `,col=${column}`}`
  return `::${grade} ${place},title=${property(code)}::${data(`${message[language]} ${remedy[language]}`)}`
}

/** Only a file without heading and line breaks inside cells has its rows on lines of the same number. */
export const lineOf = ({ row }: Finding, format: string | undefined): number =>
  format === 'upki-tsv' || format === 'jsonl' ? row : format === 'csv' || format === 'tsv' ? row + 1 : 1

const data = (text: string): string => text.replace(/%/g, '%25').replace(/\r/g, '%0D').replace(/\n/g, '%0A')
const property = (text: string): string => data(text).replace(/:/g, '%3A').replace(/,/g, '%2C')
