/** A form as the API takes it. */
import { kindTables } from '@upki-gateway/shared/tsv'
import type { Kind, Rows } from './check.js'

/** Values by field; `dnsNames` holds one name per line. */
export type Draft = Readonly<Record<string, string>>

/** The undecided kind shows what an issue needs; the gateway adds what a renewal does. */
export const tableOf = (kind: Kind) => kindTables[kind === 'server' ? 'server-issue' : kind]

const fieldsInOrder = (kind: Kind) =>
  tableOf(kind).columns.flatMap((column) =>
    column.field && column.use !== 'empty' ? [{ ...column, field: column.field }] : [],
  )

/** The CSR first: most of the rest comes from it. */
export const fieldsOf = (kind: Kind) =>
  fieldsInOrder(kind).toSorted((a, b) => Number(b.field === 'csr') - Number(a.field === 'csr'))

const listOf = (names: string): string[] => names.split(/[\s,]+/).filter(Boolean)

/** Fields that the kind has no column for are left out: the draft may be of another kind. */
export function rowOf(kind: Kind, draft: Draft): Record<string, unknown> {
  const entries = fieldsOf(kind).flatMap(({ field }): [string, unknown][] => {
    const value = draft[field]?.trim() ?? ''
    if (value === '') return []
    return [[field, field === 'dnsNames' ? listOf(value) : value]]
  })
  return { kind, ...Object.fromEntries(entries) }
}

export const rowsOf = (kind: Kind, draft: Draft): Rows => ({
  body: JSON.stringify([rowOf(kind, draft)]),
  contentType: 'application/json',
})
