/** Values and cells as they were read, to applications as they came in. */
import type { ApplicationFields, FieldName } from '../application/application.js'
import type { ApplicationInput, RequestedKind } from '../application/input.js'
import { fromJson } from '../application/json.js'
import { isApplicationKind } from '../application/kind.js'
import { toOneLineBase64 } from '../csr/base64.js'
import { readDnsNamesLeniently, renderDnsNames } from '../identifier/dns-names.js'
import type { Finding } from '../problem/finding.js'
import { makeFinding } from '../problem/make-finding.js'
import { kindTables } from '../tsv/kind-tables.js'
import type { HeadedColumn } from './headings.js'
import { fromInert } from './inert.js'
import { RepeatedMember } from './repeated-member.js'

/** One application, or why there is none. `row` counts applications from 1; a heading is not one. */
export interface ReadRow {
  row: number
  input?: ApplicationInput
  findings: Finding[]
}

export type ToRow<T> = (value: T, row: number) => ReadRow

const refused = (row: number, ...findings: Finding[]): ReadRow => ({ row, findings })

export const objectReader =
  (kind: RequestedKind | undefined): ToRow<unknown> =>
  (value, row) => {
    if (value instanceof RepeatedMember) return refused(row, value.toFinding(row))
    const read = fromJson(value, row)
    if (Array.isArray(read)) return { row, findings: read }
    return { row, input: { ...(kind && { kind }), ...read }, findings: [] }
  }

/** Cells under a heading. */
export const headedReader = (
  columns: readonly HeadedColumn[],
  kind: RequestedKind | undefined,
): ToRow<string[]> => {
  const headed = columns.filter((column) => column !== undefined).length
  return (cells, row) => {
    const extra = cells.slice(columns.length).some((cell) => cell !== '')
    const stray = cells.some((cell, index) => columns[index] === undefined && cell !== '')
    if (extra || stray) return refused(row, columnCount(row, cells.length, headed))
    const fields: ApplicationFields = {}
    let requested = kind
    for (const [index, column] of columns.entries()) {
      const cell = fromInert(cells[index] ?? '')
      if (cell === '' || column === undefined) continue
      if (column !== 'kind') fields[column] = toFieldValue(column, cell)
      else if (cell === 'server' || isApplicationKind(cell)) requested = cell
      else return refused(row, makeFinding('inputUnknownKind', { row, value: cell }))
    }
    return { row, input: { ...(requested && { kind: requested }), fields }, findings: [] }
  }
}

/** Forms change here as in JSON: PEM to one line, a plain list of names to `dNSName=a,dNSName=b`. */
function toFieldValue(field: FieldName, cell: string): string {
  if (field === 'csr') return toOneLineBase64(cell)
  if (field === 'dnsNames' && !/dnsname/i.test(cell)) return renderDnsNames(readDnsNamesLeniently(cell))
  return cell
}

/** Cells by position, as the service reads them. `server` is a renewal's layout, of which issue is a part. */
export function bareReader(kind: RequestedKind): ToRow<string[]> {
  const { columns } = kindTables[kind === 'server' ? 'server-renew' : kind]
  return (cells, row) => {
    if (cells.length !== columns.length) return refused(row, columnCount(row, cells.length, columns.length))
    const fields: ApplicationFields = {}
    for (const { field, number } of columns) {
      const value = cells[number - 1] ?? ''
      if (value === '') continue
      if (!field) return refused(row, makeFinding('columnReserved', { row, value, words: { number } }))
      fields[field] = value
    }
    return { row, input: { kind, fields }, findings: [] }
  }
}

const columnCount = (row: number, count: number, wanted: number): Finding =>
  makeFinding('columnCount', { row, words: { count, wanted } })
