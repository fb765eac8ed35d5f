/** Checks each value against its column: presence, characters, length, then the rule of the column. */
import type { FieldName } from '../application/application.js'
import { unpublishedKinds } from '../application/kind.js'
import { columnOf, shiftJisLength } from '../tsv/index.js'
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

export function checkColumns(row: Row): void {
  if (unpublishedKinds.includes(row.kind) && !row.context.unpublishedKinds)
    row.find('kindUnpublished', 'subjectDn', { value: undefined })
  for (const column of row.table.columns) if (column.field) checkColumn(row, column, column.field)
  requireP12FileName(row)
  for (const name of Object.keys(row.fields)) {
    const field = name as FieldName
    if (row.fields[field] && !columnOf(row.table, field)) row.find('notOfKind', field)
  }
}

function checkColumn(row: Row, column: Column, field: FieldName): void {
  const value = row.fields[field] ?? ''
  if (value === '') {
    if (column.use === 'required') row.find('required', field)
    return
  }
  if (column.use === 'empty') return row.find('notOfKind', field)
  if (!checkCharacters(row, field, value, column.charset)) return
  checkLength(row, column, field, value)
  rules[column.rule](row, value, field)
}

function checkLength(row: Row, { max }: Column, field: FieldName, value: string): void {
  // No character takes more than two bytes, so short values need no counting.
  if (max === undefined || value.length * 2 <= max) return
  const length = Array.from(value).length
  if (length > max) return row.find('tooLong', field, { words: { max, length } })
  const bytes = shiftJisLength(value)
  if (bytes > max) row.find('tooLongInBytes', field, { words: { max, length: bytes } })
}
