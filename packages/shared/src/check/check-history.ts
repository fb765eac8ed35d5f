/**
 * What was issued before: issue or renew, and whether serial and subject DN belong together.
 *
 * A server CN that ever had a certificate, valid, expired or revoked, can only be renewed; client
 * certificates are compared by the whole DN. Source: docs/upki-tsv.md, "Issue or renew".
 */
import { revokesCertificate } from '../application/kind.js'
import { commonNameOf } from '../dn/index.js'
import { decimalOf, isSameSerial, parseSerial } from '../identifier/index.js'
import type { Row } from './row.js'

export function checkHistory(row: Row): void {
  if (row.family === 'server' && !row.ends) checkServerHistory(row)
  if ((row.family === 'client' || row.family === 'smime') && !row.ends) checkPersonHistory(row)
  checkIssued(row)
  if (revokesCertificate(row.kind)) checkRevocable(row)
}

function checkServerHistory(row: Row): void {
  const { kind, context } = row
  if (!context.history) return
  const { commonName: cn } = row
  if (cn === undefined) return
  const newest = context.history(cn.toLowerCase())
  if (kind === 'server-issue' && newest)
    row.find('commonNameKnown', 'subjectDn', { value: cn, words: { cn, serial: newest.serial } })
  if (kind === 'server-renew' && !newest) row.find('commonNameNew', 'subjectDn', { value: cn, words: { cn } })
  if (kind === 'server-renew' && newest) checkReplaced(row, newest.serial)
}

function checkPersonHistory(row: Row): void {
  const { subjectDn } = row.fields
  if (!row.context.historyOfDn || subjectDn === undefined) return
  const newest = row.context.historyOfDn(subjectDn)
  if (row.kind.endsWith('-issue') && newest)
    row.find('dnKnown', 'subjectDn', { words: { serial: newest.serial } })
  if (row.kind.endsWith('-renew')) {
    if (newest) checkReplaced(row, newest.serial)
    else row.find('dnUnknown', 'subjectDn')
  }
}

function checkReplaced(row: Row, serial: string): void {
  const given = row.fields.serial ?? ''
  if (parseSerial(given) === undefined || isSameSerial(given, serial)) return
  row.find('serialNotNewest', 'serial', {
    words: { serial },
    suggestion: { field: 'serial', value: serial, needsConsent: true },
  })
}

/** The service takes no revocation of what has ended, or is revoked by another application. */
function checkRevocable(row: Row): void {
  const serial = decimalOf(row.fields.serial ?? '')
  if (serial === undefined) return
  const application = row.context.revokedBy?.(serial)
  if (application !== undefined) row.find('serialBeingRevoked', 'serial', { words: { application } })
  else if (row.context.hasEnded?.(serial)) row.find('serialEnded', 'serial')
}

/** The certificate to be revoked or replaced is one on record, and the DN is its own. */
function checkIssued(row: Row): void {
  if (!row.context.issuedDn) return
  const serial = decimalOf(row.fields.serial ?? '')
  if (serial === undefined) return
  const issued = row.context.issuedDn(serial)
  if (issued === undefined) return row.find('serialUnknown', 'serial')
  const { subjectDn = '' } = row.fields
  if (issued === subjectDn || isShortForm(row, issued)) return
  row.find('serialOfOtherDn', 'subjectDn', {
    words: { issued },
    suggestion: { field: 'subjectDn', value: issued, needsConsent: true },
  })
}

/** The service compares server certificates by CN; an S/MIME certificate shows the CN of a longer DN alone. */
function isShortForm(row: Row, issued: string): boolean {
  const { commonName: cn } = row
  if (cn === undefined) return false
  if (row.family === 'smime') return issued === `CN=${cn}`
  return row.family !== 'client' && cn.toLowerCase() === commonNameOf(issued)?.toLowerCase()
}
