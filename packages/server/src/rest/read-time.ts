/** Times as callers write them: moments to search by, and those that something ends at. */
import { ProblemError } from '../problem/problem-error.js'

/** There is no year 0 in PostgreSQL. */
const FIRST_MS = Date.parse('0001-01-02T00:00:00Z')

/** @throws ProblemError when the time has passed: what ends then would never work */
export function readTime(text: string | null | undefined, member: string, now: Date): Date | null {
  if (text === undefined || text === null) return null
  const time = new Date(text)
  if (time > now) return time
  throw new ProblemError('applicationsRefused', `${member} is in the past`, {
    ja: `${member} に過去の時刻が指定されています。`,
  })
}

/**
 * A moment of a query or a filter.
 * @throws ProblemError for what the format allows and no calendar or store has: leap seconds, and the year 0
 */
export function readInstant(text: string | undefined, member: string): Date | undefined {
  if (text === undefined) return undefined
  const time = new Date(text)
  if (time.getTime() >= FIRST_MS) return time
  throw new ProblemError(
    'badRequest',
    `${member} is no time that can be looked for, such as 2026-06-01T12:00:00+09:00`,
    {
      ja: `${member} の時刻は扱えません。2026-06-01T12:00:00+09:00 のように指定してください。`,
    },
  )
}
