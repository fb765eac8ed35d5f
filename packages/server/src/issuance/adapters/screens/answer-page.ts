/**
 * Reads the page that answers an upload.
 *
 * A page that is neither the success nor the error page decides nothing: the file
 * may have been taken. Source: docs/issuance-system.md, "Answer".
 */
import { parse } from 'node-html-parser'
import { OutcomeUnknownError, type RowError, type SubmitOutcome } from '../../ports/issuance-system.js'
import type { SiteProfile } from './site-profile.js'

/** `<code>:<column>,<item>,<message>`, also seen as `<code>:<column> <item>,<message>`. */
const errorText = /^(\d+):(\d+)?[,\s]*([^,]*),(.+)$/s

export function parseErrorText(text: string): Omit<RowError, 'row'> {
  const match = errorText.exec(text.trim())
  if (!match) return { code: '', message: text.trim() }
  const [, code = '', column, item = '', message = ''] = match
  return {
    code,
    column: column === undefined ? undefined : Number(column),
    item: item.trim() || undefined,
    message: message.trim(),
  }
}

/** A row may have several errors, one on each line of its cell. */
function rowErrors([sequence = '', , text = '']: readonly string[]): RowError[] {
  const row = /^\d+$/.test(sequence) ? Number(sequence) : undefined
  return text.split('\n').map((line) => ({ row, ...parseErrorText(line) }))
}

/** Rows of the table SEQ, 処理結果 (OK or NG), エラー内容, … */
function parseErrors(html: string): RowError[] {
  return parse(html)
    .querySelectorAll('tr')
    .map((row) => row.querySelectorAll('td').map((cell) => cell.structuredText.trim()))
    .filter((cells) => cells[1] === 'NG')
    .flatMap(rowErrors)
}

/** @throws OutcomeUnknownError for a page that is not understood */
export function parseAnswerPage(html: string, site: SiteProfile): SubmitOutcome {
  if (html.includes(site.refusedText)) {
    const errors = parseErrors(html)
    // With the second choice of the error mode the faultless rows are registered, and the page says so.
    const outcome = html.includes(site.registeredText) ? 'accepted' : 'refused'
    if (errors.length > 0) return { outcome, errors }
  } else if (html.includes(site.acceptedText)) {
    return { outcome: 'accepted' }
  }
  const title = parse(html).querySelector('title')?.text.trim().slice(0, 80)
  throw new OutcomeUnknownError(`the answer to the upload could not be read (title: ${title || 'none'})`, {
    page: html,
  })
}
