/**
 * In which order applications leave the queue: urgent ones first, those of large requests behind what comes in the
 * hours after them, so that a file of 5,000 rows never stands before a single certificate. Nothing waits for
 * ever: each class is a fixed time ahead or behind. Pure. Source: docs/issuance-cycle.md, step 5.
 */

export const priorities = { bulk: 0, normal: 1, urgent: 2 } as const
export type Priority = keyof typeof priorities

const HOUR_MS = 3_600_000
const aheadMs: Record<Priority, number> = { bulk: -4 * HOUR_MS, normal: 0, urgent: 24 * HOUR_MS }

/** More rows than one file takes. */
const LARGEST_ORDINARY_REQUEST = 99

/** @param wanted by the caller, else it follows from the size of the request */
export function queueOrder(
  wanted: Priority | undefined,
  rowCount: number,
  now: Date,
): { priority: number; order_at: Date } {
  const priority = wanted ?? (rowCount > LARGEST_ORDINARY_REQUEST ? 'bulk' : 'normal')
  return { priority: priorities[priority], order_at: new Date(now.getTime() - aheadMs[priority]) }
}
