import { ProblemError } from '../../problem/problem-error.js'
import { linkHeader, type Urls } from '../urls.js'

/** RFC 8555 §6.6: how long to wait, and where it is told which limits there are. */
export const rateLimited = (
  urls: Urls,
  { en, ja }: { en: string; ja: string },
  waitMs: number,
): ProblemError =>
  new ProblemError('rateLimited', en, {
    ja,
    retryAfterSeconds: Math.max(1, waitMs / 1000),
    headers: { Link: linkHeader(urls, { help: urls.help('rate-limits') }) },
  })
