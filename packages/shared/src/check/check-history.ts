/**
 * Issue or renew: a CN that ever had a certificate, valid, expired or revoked, can only be renewed.
 *
 * Source: docs/upki-tsv.md, "Issue or renew".
 */
import { isSameSerial, parseSerial } from '../identifier/index.js'
import type { Row } from './row.js'

export function checkHistory(row: Row): void {
  const { commonName: cn, kind, context } = row
  if (!context.history || cn === undefined) return
  const newest = context.history(cn.toLowerCase())
  if (kind === 'server-issue' && newest)
    row.find('commonNameKnown', 'subjectDn', { value: cn, words: { cn, serial: newest.serial } })
  if (kind === 'server-renew' && !newest) row.find('commonNameNew', 'subjectDn', { value: cn, words: { cn } })
  if (kind === 'server-renew' && newest) checkReplaced(row, newest.serial)
}

function checkReplaced(row: Row, serial: string): void {
  const given = row.fields.serial ?? ''
  if (parseSerial(given) === undefined || isSameSerial(given, serial)) return
  row.find('serialNotNewest', 'serial', {
    words: { serial },
    suggestion: { field: 'serial', value: serial, needsConsent: true },
  })
}
