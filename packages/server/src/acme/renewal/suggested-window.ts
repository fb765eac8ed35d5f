/** When a certificate had better be renewed (RFC 9773 §4.2). Pure. */
import type { CertificateRow } from '../../store/tables.js'
import type { ReissueRow } from '../../store/acme-tables.js'

export interface SuggestedWindow {
  start: Date
  end: Date
}

export type Renewable = Pick<CertificateRow, 'not_before' | 'not_after' | 'status'>

/**
 * A third of the lifetime is left at the start, a quarter at the end. Of 198 days that is from day 132 to day 148: certificates
 * that were issued on one day are spread over two weeks, and a person who has to approve has 49 days.
 */
const START = 2 / 3
const END = 3 / 4

/** A window that lies in the past says "at once" (§4.2). */
const atOnce = ({ not_before: start }: Renewable): SuggestedWindow => ({
  start,
  end: new Date(start.getTime() + 1000),
})

function byLifetime({ not_before: from, not_after: until }: Renewable): SuggestedWindow {
  const at = (part: number) =>
    new Date(from.getTime() + Math.floor((until.getTime() - from.getTime()) * part))
  return { start: at(START), end: at(END) }
}

/** @param reissue when an operator wants the certificate replaced before its time */
export function suggestWindow(
  certificate: Renewable,
  reissue?: Pick<ReissueRow, 'marked_at' | 'replace_by'>,
): SuggestedWindow {
  if (certificate.status === 'revoked') return atOnce(certificate)
  const usual = byLifetime(certificate)
  // Never later than without the mark.
  if (!reissue || reissue.replace_by >= usual.end) return usual
  const start = reissue.marked_at < usual.start ? reissue.marked_at : usual.start
  // §4.2: the end lies behind the start. An incident may be confirmed after the time that its plan gave.
  return start < reissue.replace_by ? { start, end: reissue.replace_by } : atOnce(certificate)
}
