/**
 * Text as a PowerShell string that nothing in it can end. Between single quotes
 * nothing is expanded; PowerShell takes the typographic quotes for the plain one,
 * so all of them are doubled. Source: about_Quoting_Rules.
 */
import { Failure } from '../../terminal/failure.js'

export function quotePowerShell(text: string): string {
  if (/[\0\r\n]/.test(text)) throw unquotable
  return `'${text.replace(/['\u2018\u2019\u201a\u201b]/g, '$&$&')}'`
}

const unquotable = new Failure('failed', {
  en: 'A value for IIS holds a line break or a NUL; nothing was done.',
  ja: 'IIS に渡す値に改行または NUL が含まれています。何もしていません。',
})
