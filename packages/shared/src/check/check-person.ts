/** Rules for the columns of client, S/MIME and ACME kinds. Source: docs/upki-tsv.md, columns 3, 12 and 15. */
import { takesField } from '../tsv/index.js'
import type { Row } from './row.js'

/** Types 1 and 2 deliver files, which need a name. */
export function requireP12FileName(row: Row): void {
  const { downloadType = '', p12FileName = '' } = row.fields
  if (!takesField(row.table, 'p12FileName') || p12FileName !== '') return
  if (downloadType === '1' || downloadType === '2') row.find('p12FileNameMissing', 'p12FileName')
}

export function checkP12FileName(row: Row, name: string): void {
  if (/[\\/:*?"<>|]|^\.+$/.test(name)) return row.find('p12FileNameSyntax', 'p12FileName')
  const bare = name.replace(/\.(p12|pfx)$/i, '')
  if (bare !== name && bare !== '')
    row.find('p12FileNameExtension', 'p12FileName', {
      suggestion: { field: 'p12FileName', value: bare, needsConsent: false },
    })
}

/** Shorter ones are guessed; the service's own rule is not published. */
const minPinLength = 8

export function checkAccessPin(row: Row, pin: string): void {
  if (row.fields.downloadType !== '2') return row.find('pinNotTaken', 'accessPin')
  if (/\s/.test(pin)) return row.find('pinBlank', 'accessPin')
  if (pin.length < minPinLength) row.find('pinShort', 'accessPin')
}

export function checkAccountId(row: Row, id: string): void {
  if (/\s/.test(id)) row.find('accountIdSyntax', 'acmeAccountId')
}
