/** Months as the statistics count them: those of Japan. Source: openapi/openapi.yaml, getStatistics. */

const OFFSET = '+09:00'
const OFFSET_MS = 9 * 3_600_000

/** `2026-04`, so many months from now. */
export function monthFrom(now: Date, months: number): string {
  const there = new Date(now.getTime() + OFFSET_MS)
  return new Date(Date.UTC(there.getUTCFullYear(), there.getUTCMonth() + months)).toISOString().slice(0, 7)
}

const beginOf = (month: string): Date => new Date(`${month}-01T00:00:00${OFFSET}`)

/** The month as the inventory is searched. A month that is none finds what the gateway says of it. */
export function rangeOf(month: string): { expiresFrom?: string; expiresBefore?: string } {
  const begin = beginOf(month)
  if (Number.isNaN(begin.getTime())) return {}
  return {
    expiresFrom: begin.toISOString(),
    expiresBefore: beginOf(monthFrom(begin, 1)).toISOString(),
  }
}
