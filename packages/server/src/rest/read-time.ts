/** Times that a caller sets an end by. */
import { ProblemError } from '../problem/problem-error.js'

/** @throws ProblemError when the time has passed: what ends then would never work */
export function readTime(text: string | null | undefined, member: string, now: Date): Date | null {
  if (text === undefined || text === null) return null
  const time = new Date(text)
  if (time > now) return time
  throw new ProblemError('applicationsRefused', `${member} is in the past`, {
    ja: `${member} に過去の時刻が指定されています。`,
  })
}
