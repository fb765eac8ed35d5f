/**
 * Rows of any number as one parameter, so that the statement that stores them is always the same text: it stays
 * prepared, and nothing is composed for each row.
 */
import { type RawBuilder, sql } from 'kysely'

/** Columns by name, each with its type in PostgreSQL. Values of `jsonb` are JSON text already. */
export type RecordColumns = Record<string, 'text' | 'jsonb' | 'boolean' | 'smallint' | 'timestamptz'>

/** `insert into` the table, all rows; a column that is missing or null in a row is null. */
export function insertRecords<Columns extends RecordColumns>(
  table: string,
  columns: Columns,
  rows: readonly Partial<Record<keyof Columns, unknown>>[],
): RawBuilder<unknown> {
  const entries = Object.entries(columns)
  const names = entries.map(([name]) => `"${name}"`).join(', ')
  const values = entries.map(([name, type]) => `"${name}"::${type}`).join(', ')
  const texts = entries.map(([name]) => `"${name}" text`).join(', ')
  return sql`${sql.raw(`insert into ${table} (${names}) select ${values} from json_to_recordset(`)}${JSON.stringify(rows)}::json${sql.raw(`) as record (${texts})`)}`
}
