/** Checks each value against its column: presence, characters, length, then the rule of the column. */
import type { FieldName } from '../application/application.js'
import { unpublishedKinds } from '../application/kind.js'
import { columnOf, isAscii, shiftJisLength } from '../tsv/index.js'
import type { Column } from '../tsv/index.js'
import { checkCharacters } from './check-characters.js'
import { checkCsr } from './check-csr.js'
import { checkDnsNames, checkFqdn } from './check-names.js'
import { checkSubjectDn } from './check-subject-dn.js'
import { checkAccessPin, checkAccountId, checkP12FileName, requireP12FileName } from './check-person.js'
import { checkDownloadType, checkMail, checkProfile, checkReason, checkSerial } from './check-values.js'
import type { Row } from './row.js'

type RuleCheck = (row: Row, value: string, field: FieldName) => void

const rules: Record<Column['rule'], RuleCheck> = {
  subjectDn: checkSubjectDn,
  profile: checkProfile,
  downloadType: checkDownloadType,
  serial: checkSerial,
  reason: checkReason,
  csr: checkCsr,
  mail: checkMail,
  hostName: checkFqdn,
  dnsNames: checkDnsNames,
  accountId: checkAccountId,
  p12FileName: checkP12FileName,
  accessPin: checkAccessPin,
  text: () => undefined,
}

/** Rules that look at nothing but the value, its table and the context. */
const rulesOfOneValue: ReadonlySet<Column['rule']> = new Set([
  'profile',
  'downloadType',
  'reason',
  'mail',
  'accountId',
  'text',
])

export function checkColumns(row: Row): void {
  if (unpublishedKinds.includes(row.kind) && !row.context.unpublishedKinds)
    row.find('kindUnpublished', 'subjectDn', { value: undefined })
  let filled = 0
  for (const column of row.table.columns)
    if (column.field && checkColumn(row, column, column.field)) filled += 1
  requireP12FileName(row)
  const names = Object.keys(row.fields) as FieldName[]
  if (names.length === filled) return
  for (const field of names)
    if (row.fields[field] && !columnOf(row.table, field)) row.find('notOfKind', field)
}

/** True when the column holds a value. */
function checkColumn(row: Row, column: Column, field: FieldName): boolean {
  const value = row.fields[field] ?? ''
  if (value === '') {
    if (column.use === 'required') row.find('required', field)
    return false
  }
  if (row.good.has(column, value)) return true
  const before = row.findings.length
  checkValue(row, column, value)
  if (row.findings.length === before && rulesOfOneValue.has(column.rule)) row.good.add(column, value)
  return true
}

function checkValue(row: Row, column: Column, value: string): void {
  const { field } = column
  if (!field) return
  if (column.use === 'empty') return row.find('notOfKind', field)
  if (!checkCharacters(row, field, value, column.charset)) return
  checkLength(row, column, field, value)
  rules[column.rule](row, value, field)
}

function checkLength(row: Row, { max }: Column, field: FieldName, value: string): void {
  // No character takes more than two bytes, so short values need no counting.
  if (max === undefined || value.length * 2 <= max) return
  if (value.length <= max && isAscii(value)) return
  const length = Array.from(value).length
  if (length > max) return row.find('tooLong', field, { words: { max, length } })
  const bytes = shiftJisLength(value)
  if (bytes > max) row.find('tooLongInBytes', field, { words: { max, length: bytes } })
}
