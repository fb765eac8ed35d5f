/**
 * Headings of tables: the Japanese or English column name, or the field name, in any order.
 *
 * Width, case, blanks and punctuation do not matter. They come from the tables, so a name that is known
 * there is known here.
 */
import { fieldNames } from '../application/application.js'
import type { FieldName } from '../application/application.js'
import type { ApplicationKind } from '../application/kind.js'
import { kindTables } from '../tsv/kind-tables.js'
import { InputFault } from './input-fault.js'

export type HeadingLanguage = 'field' | 'ja' | 'en'

/** A column of a table with a heading: a field, the kind, or nothing (no heading and no content). */
export type HeadedColumn = FieldName | 'kind' | undefined

const plain = (heading: string): string =>
  heading
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s_\-・/.()#:'"*]/g, '')

function makeKnown(): Map<string, FieldName | 'kind'> {
  const known = new Map<string, FieldName | 'kind'>([
    ['kind', 'kind'],
    [plain('申請の種類'), 'kind'],
    [plain('種類'), 'kind'],
  ])
  for (const field of fieldNames) known.set(plain(field), field)
  for (const { columns } of Object.values(kindTables))
    for (const { field, name } of columns)
      if (field) known.set(plain(name.ja), field).set(plain(name.en), field)
  // Older names of the manual, and what people write.
  for (const [name, field] of aliases) known.set(plain(name), field)
  return known
}

const aliases: readonly (readonly [string, FieldName])[] = [
  ['加入者氏名', 'subscriberName'],
  ['加入者所属', 'subscriberDepartment'],
  ['加入者E-mail', 'subscriberEmail'],
  ['利用管理者メールアドレス', 'subscriberEmail'],
  ['シリアル番号', 'serial'],
  ['serial', 'serial'],
  ['ソフトウェア名', 'software'],
  ['プロファイルID', 'profileId'],
  ['SAN', 'dnsNames'],
  ['subjectAltName', 'dnsNames'],
  ['DN', 'subjectDn'],
]

const known = makeKnown()

/** What each cell of a first line heads; undefined when the line is no heading. */
export function readHeading(cells: readonly string[]): HeadedColumn[] | undefined {
  const columns = cells.map((cell) => known.get(plain(cell)))
  const filled = cells.filter((cell) => cell.trim() !== '').length
  const found = columns.filter((column) => column !== undefined).length
  // Half is enough: the others are told as unknown, which no reader would want to happen to data.
  return found > 0 && found * 2 >= filled ? columns : undefined
}

/** @throws {InputFault} for a heading that is not known, or there twice. */
export function checkHeading(cells: readonly string[], columns: readonly HeadedColumn[]): void {
  const unknown = cells.find((cell, index) => cell.trim() !== '' && columns[index] === undefined)
  if (unknown !== undefined) throw new InputFault('headingUnknown', { heading: unknown })
  const twice = columns.find((column, index) => column !== undefined && columns.indexOf(column) !== index)
  if (twice !== undefined) throw new InputFault('headingRepeated', { heading: twice })
}

/** The heading of a field in a language; column names differ little among kinds, the first one counts. */
export function headingOf(
  column: FieldName | 'kind',
  language: HeadingLanguage,
  kind?: ApplicationKind,
): string {
  if (language === 'field') return column
  if (column === 'kind') return language === 'ja' ? '申請の種類' : 'kind'
  const tables = kind ? [kindTables[kind]] : Object.values(kindTables)
  const found = tables.flatMap(({ columns }) => columns).find(({ field }) => field === column)
  return found?.name[language] ?? column
}
