/** Pages of a list: how many, after which. */
import type { Request } from 'express'

const DEFAULT_PAGE = 50

/** Query parameters after the contract's check: numbers and words, or absent. */
export const queryOf = (request: Request): Record<string, string | undefined> =>
  request.query as Record<string, string | undefined>

export function readPage(request: Request): { after?: string; limit: number } {
  const { after, limit } = queryOf(request)
  return { after, limit: Number(limit ?? DEFAULT_PAGE) }
}

/** @returns what `after` of the next page is, or null on the last */
export function nextOf<T>(rows: readonly T[], limit: number, keyOf: (row: T) => string): string | null {
  const last = rows.at(-1)
  return last !== undefined && rows.length === limit ? keyOf(last) : null
}
