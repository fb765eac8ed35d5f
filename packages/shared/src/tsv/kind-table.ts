/**
 * The shape of a kind's data table, and the columns that kinds share.
 *
 * A kind is a row of marks over a layout of columns, as the service's manual prints it: ● required,
 * ○ optional, – left empty. Codec, checks, headings, forms and docs/upki-tsv.md come from these tables.
 */
import type { ApplicationKind } from '../application/kind.js'
import type { FieldName } from '../application/application.js'
import type { Bilingual } from '../problem/finding.js'

/** `empty` columns are reserved (予約済) in that kind. */
export type ColumnUse = 'required' | 'optional' | 'empty'

/** `halfWidth` is printable ASCII; `anyWidth` adds JIS X 0208 (levels 1 and 2). */
export type Charset = 'halfWidth' | 'digits' | 'base64' | 'anyWidth'

/** What a value must be, beyond charset and length; each has one function in `check/`. */
export type Rule =
  | 'subjectDn'
  | 'profile'
  | 'downloadType'
  | 'serial'
  | 'reason'
  | 'csr'
  | 'mail'
  | 'hostName'
  | 'dnsNames'
  | 'accountId'
  | 'p12FileName'
  | 'accessPin'
  | 'text'

/** How well a fact about the service is known: `likely` has one secondary source, `unknown` is our guess. */
export type Certainty = 'sure' | 'likely' | 'unknown'

export interface ColumnSpec {
  /** The field whose value stands here; absent in a column that no kind of the layout uses. */
  field?: FieldName
  name: Bilingual
  charset: Charset
  /** Characters; absent where no limit is known. */
  max?: number
  rule: Rule
  /** Where the facts about the column are from. */
  source: string
  certainty: Certainty
}

export interface Column extends ColumnSpec {
  /** From 1. */
  number: number
  use: ColumnUse
}

export interface KindTable {
  kind: ApplicationKind
  title: Bilingual
  columns: readonly Column[]
  /** Profile ids that the kind takes. */
  profiles: readonly string[]
  /** Date from which the service uses this layout, YYYY-MM or YYYY-MM-DD. */
  versionDate: string
  source: string
  certainty: Certainty
}

/** Every value of every row asks for its column. */
const columnsByField = new WeakMap<KindTable, Map<string | undefined, Column>>()

/** The column of a field, or undefined when the layout has none. */
export function columnOf(table: KindTable, field: FieldName): Column | undefined {
  let byField = columnsByField.get(table)
  if (!byField) {
    byField = new Map(table.columns.map((column) => [column.field, column]))
    columnsByField.set(table, byField)
  }
  return byField.get(field)
}

/** True when the kind takes a value for the field. */
export function takesField(table: KindTable, field: FieldName): boolean {
  const column = columnOf(table, field)
  return column !== undefined && column.use !== 'empty'
}

/** The tables of all kinds. */
export type KindTables = Readonly<Record<ApplicationKind, KindTable>>

/** Changes of single columns, by field: what an institution may lay over a table by configuration. */
export type TableOverlay = Partial<Record<FieldName, Partial<Pick<Column, 'use' | 'max'>>>>

/** A table with some columns changed; the table itself stays as it is. */
export const overlayTable = (table: KindTable, overlay: TableOverlay): KindTable => ({
  ...table,
  columns: table.columns.map((column) => ({ ...column, ...(column.field && overlay[column.field]) })),
})
