/** Pages of a list: how many, after which. */
import type { Request } from 'express'
import { ProblemError } from '../problem/problem-error.js'

const DEFAULT_PAGE = 50

/** Query parameters after the contract's check: numbers and words, or absent. */
export const queryOf = (request: Request): Record<string, string | undefined> =>
  request.query as Record<string, string | undefined>

/** The contract has the limits, but lets through what is too long to be a number. */
export function readLimit(limit: string | undefined): number {
  const count = Number(limit ?? DEFAULT_PAGE)
  if (Number.isFinite(count)) return count
  throw new ProblemError('badRequest', 'The query parameter limit is too large', {
    ja: 'クエリパラメータ limit が大きすぎます。',
  })
}

export function readPage(request: Request): { after?: string; limit: number } {
  const { after, limit } = queryOf(request)
  return { after, limit: readLimit(limit) }
}

/** @returns what `after` of the next page is, or null on the last */
export function nextOf<T>(rows: readonly T[], limit: number, keyOf: (row: T) => string): string | null {
  const last = rows.at(-1)
  return last !== undefined && rows.length === limit ? keyOf(last) : null
}
