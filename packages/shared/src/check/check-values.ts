/** Rules for single values that need no other column. Source: docs/upki-tsv.md, columns 2 to 5 and 10. */
import type { FieldName } from '../application/application.js'
import { isHostName, isSerial, isSpreadsheetDamage } from '../identifier/index.js'
import type { Row } from './row.js'

export function checkProfile(row: Row, profile: string): void {
  const { profiles } = row.table
  if (!profiles.includes(profile))
    return row.find('profileUnknown', 'profileId', { words: { profile, profiles: profiles.join(', ') } })
  const { profiles: allowed } = row.context
  if (allowed && !allowed.includes(profile))
    row.find('profileNotAllowed', 'profileId', { words: { profile } })
}

export function checkDownloadType(row: Row, type: string): void {
  if (!['1', '2', '3'].includes(type)) return row.find('downloadTypeUnknown', 'downloadType')
  if (type === '3') row.find('downloadTypeBrowser', 'downloadType')
}

export function checkReason(row: Row, reason: string): void {
  if (!['0', '1', '3', '4', '5'].includes(reason))
    return row.find('reasonUnknown', 'revocationReason', { words: { reason } })
  if (reason === '1') row.find('reasonKeyCompromise', 'revocationReason')
}

export function checkSerial(row: Row, serial: string): void {
  if (isSpreadsheetDamage(serial)) return row.find('serialDamaged', 'serial')
  if (isSerial(serial)) return
  const value = `0x${serial}`
  const meant = isSerial(value)
  row.find(
    'serialSyntax',
    'serial',
    meant ? { suggestion: { field: 'serial', value, needsConsent: false } } : {},
  )
}

export function checkMail(row: Row, address: string, field: FieldName): void {
  if (!isMailAddress(address)) return row.find('mailSyntax', field)
  if (/[+%]/.test(address)) row.find('mailSymbol', field)
}

export function isMailAddress(address: string): boolean {
  const at = address.lastIndexOf('@')
  const local = address.slice(0, Math.max(at, 0))
  return /^[\w%+-]+(\.[\w%+-]+)*$/.test(local) && isHostName(address.slice(at + 1))
}
