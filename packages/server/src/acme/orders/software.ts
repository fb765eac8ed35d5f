/** The server software of an order: column 12, which the service demands. Source: docs/upki-tsv.md. */
import { charactersOutsideJis } from '@upki-gateway/shared/tsv'
import { malformed } from '../jws/flattened-jws.js'

/** Column 12, in characters. */
const MAX_LENGTH = 128

// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const control = /[\x00-\x1f\x7f-\x9f\u2028\u2029]/

const isClean = (text: string): boolean =>
  text.trim() !== '' && !control.test(text) && charactersOutsideJis(text).length === 0

/** What the client said of itself, as far as column 12 can hold it. */
const fromUserAgent = (userAgent: string): string =>
  userAgent
    .replace(/[^\x20-\x7e]/g, '')
    .slice(0, MAX_LENGTH)
    .trim()

function checkAsked(software: string): string {
  if (isClean(software) && Array.from(software).length <= MAX_LENGTH) return software.trim()
  throw malformed(
    `upki.software is 1 to ${MAX_LENGTH} characters of JIS levels 1 and 2, without control characters`,
    `upki.software は、制御文字を含まない1〜${MAX_LENGTH}文字のJIS第1・第2水準の文字で指定してください。`,
  )
}

/**
 * As the order says; else as the approval says; else the client's User-Agent.
 * @throws ProblemError malformed when the order's own text cannot stand in the column
 */
export function softwareOf(sources: {
  asked: string | undefined
  approved: string | undefined
  userAgent: string | undefined
}): string {
  if (sources.asked !== undefined) return checkAsked(sources.asked)
  return sources.approved || fromUserAgent(sources.userAgent ?? '') || 'ACME client'
}
