/** RFC 8555 §7.4: acme.sh 3 gives up at once when it is told to wait longer than this. */
const LONGEST_SECONDS = 600

/**
 * How long a client should wait before it asks again: a twelfth of what it has waited so far.
 *
 * That is 1 s at first and 5 s after a minute, and nobody learns of a certificate
 * later than a twelfth of the time it took. Whole seconds, 1 to 600.
 */
export function retryAfterSeconds(finalizedAt: Date, now: Date): number {
  const waited = (now.getTime() - finalizedAt.getTime()) / 1000
  return Math.min(LONGEST_SECONDS, Math.max(1, Math.ceil(waited / 12)))
}
