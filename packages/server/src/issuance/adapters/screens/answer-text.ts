/**
 * Reads what an operator pasted of the page that answered an upload: the text of its table as browsers copy
 * it, or lines `<row> <code>:<column>,<item>,<message>`. Source: docs/issuance-system.md, "Answer".
 */
import { OutcomeUnknownError, type RowError, type SubmitOutcome } from '../../ports/issuance-system.js'
import { parseAnswerPage, parseErrorText } from './answer-page.js'
import type { SiteProfile } from './site-profile.js'

const isHtml = (text: string): boolean => /<(html|table|body|h2|!doctype)\b/i.test(text)

/** `3<TAB>NG<TAB>212:1,…`, `3 212:1,…` or `212:1,…`; the page has `-` for the file as a whole. */
const errorLine = /^\s*(?:(\d+|-)\s+)?(?:NG\s+)?(\d+:.+)$/

function readLine(line: string): RowError | undefined {
  const match = errorLine.exec(line)
  if (!match) return undefined
  const [, sequence = '', text = ''] = match
  const error = parseErrorText(text)
  return { row: /^\d+$/.test(sequence) ? Number(sequence) : undefined, ...error }
}

/** A further error of a row stands on a line of its own, without the number of its row. */
function continueRows(errors: readonly RowError[]): RowError[] {
  let row: number | undefined
  return errors.map((error) => {
    row = error.row ?? (error.column ? row : undefined)
    return { ...error, row }
  })
}

/** An error in a column is one of a row; which, is only clear where the file has a single one. */
function placeRows(errors: readonly RowError[], rowCount: number): RowError[] {
  return errors.map((error) => {
    if (error.row !== undefined || !error.column) return error
    if (rowCount === 1) return { ...error, row: 1 }
    throw new OutcomeUnknownError(
      `the error ${error.code} is about column ${error.column}, but no row is named before it`,
    )
  })
}

function parseText(text: string, site: SiteProfile, rowCount: number): SubmitOutcome {
  const errors = placeRows(
    continueRows(text.split(/\r?\n/).flatMap((line) => readLine(line) ?? [])),
    rowCount,
  )
  const isRegistered = text.includes(site.registeredText)
  if (errors.length > 0 && isRegistered) return { outcome: 'accepted', errors }
  if (errors.length > 0) return { outcome: 'refused', errors }
  if (isRegistered && !text.includes(site.refusedText)) return { outcome: 'accepted' }
  throw new OutcomeUnknownError('the text holds neither an error nor the sentence of a finished upload')
}

/** @throws OutcomeUnknownError for what is not understood */
export const readAnswer = (text: string, site: SiteProfile, rowCount: number): SubmitOutcome =>
  isHtml(text) ? parseAnswerPage(text, site) : parseText(text, site, rowCount)
