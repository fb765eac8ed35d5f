/**
 * How long to wait before asking again: RFC 8555 §7.5.1 and RFC 9110 §10.2.3,
 * seconds or an HTTP date. A server may not make us ask in a loop nor forget us.
 */
const leastSeconds = 1
const mostSeconds = 600

/** Seconds that the header asks for, as they stand; undefined when absent or unreadable. */
export function parseRetryAfter(header: string | undefined, now: Date): number | undefined {
  const value = header?.trim()
  if (!value) return undefined
  if (/^\d{1,10}$/.test(value)) return Number(value)
  const instant = Date.parse(value)
  return Number.isNaN(instant) ? undefined : Math.max(0, Math.ceil((instant - now.getTime()) / 1000))
}

/** How long is waited where so much was asked for. */
export const boundedWait = (seconds: number) => Math.min(mostSeconds, Math.max(leastSeconds, seconds))

/** For servers that send no Retry-After: 2 s, half more each time, a minute at most. */
export const backoffSeconds = (attempt: number) => Math.min(60, Math.round(2 * 1.5 ** attempt))
