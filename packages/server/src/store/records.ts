/**
 * Rows of any number as one parameter, so that the statement that stores them is always the same text: it stays
 * prepared, and nothing is composed for each row.
 */
import { type RawBuilder, sql } from 'kysely'

/** Columns by name, each with its type in PostgreSQL. Values of `jsonb` are JSON text already. */
export type RecordColumns = Record<
  string,
  'text' | 'text[]' | 'jsonb' | 'boolean' | 'smallint' | 'timestamptz'
>

type Rows<Columns> = readonly Partial<Record<keyof Columns, unknown>>[]

/** @returns what makes an `insert into` of rows; a column that is missing or null in a row is null */
export function insertInto<Columns extends RecordColumns>(
  table: string,
  columns: Columns,
): (rows: Rows<Columns>) => RawBuilder<unknown> {
  const entries = Object.entries(columns)
  const names = entries.map(([name]) => `"${name}"`).join(', ')
  const values = entries.map(([name, type]) => `"${name}"::${type}`).join(', ')
  const texts = entries.map(([name, type]) => `"${name}" ${type === 'text[]' ? type : 'text'}`).join(', ')
  const before = sql.raw(`insert into ${table} (${names}) select ${values} from json_to_recordset(`)
  const after = sql.raw(`::json) as record (${texts})`)
  return (rows) => sql`${before}${JSON.stringify(rows)}${after}`
}
