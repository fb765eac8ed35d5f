/**
 * The columns of a row, kind by kind: docs/issuance-system.md, "Rows".
 *
 * One letter for each column: R required, o optional, - reserved (must be empty).
 */
import type { Kind } from './kinds.js'

const commonColumns = [
  'subjectDn',
  'profileId',
  'third',
  'serial',
  'reason',
  'comment',
  'csr',
  'managerName',
  'managerDepartment',
  'managerMail',
] as const
const serverColumns = [...commonColumns, 'fqdn', 'software', 'dnsNames'] as const
const personalColumns = [
  ...commonColumns,
  'userName',
  'p12FileName',
  'userDepartment',
  'userMail',
  'accessPin',
] as const

export type ColumnId = (typeof serverColumns)[number] | (typeof personalColumns)[number]

const uses: Record<Kind, string> = {
  'server-issue': 'RR----RooRRRo',
  'server-renew': 'RR-R--RooRRRo',
  'server-revoke': 'R--RRo---o---',
  'acme-create': 'RR-----ooRRRo',
  'acme-renew': 'RRR----ooRRRo',
  'acme-suspend': 'o-R-Ro---o---',
  'acme-revoke': 'R--RRo---o---',
  'client-issue': 'RRR----RoRRooRo',
  'client-renew': 'RRRR---RoRRooRo',
  'client-revoke': 'R--RRo---o---o-',
  'smime-issue': 'RRR----RoRRooRo',
  'smime-renew': 'RRRR---RoRRooRo',
  'smime-revoke': 'R--RRo---o---o-',
}

type Use = 'required' | 'optional' | 'reserved'

export interface LayoutColumn {
  id: ColumnId
  /** From 1. */
  number: number
  use: Use
}

const meanings: Record<string, Use> = { R: 'required', o: 'optional', '-': 'reserved' }

export const layoutOf = (kind: Kind): readonly LayoutColumn[] => layouts[kind]

const layout = (letters: string): LayoutColumn[] => {
  const columns = letters.length === serverColumns.length ? serverColumns : personalColumns
  return columns.map((id, index) => ({
    id,
    number: index + 1,
    use: meanings[letters[index] ?? ''] ?? 'reserved',
  }))
}

const layouts = Object.fromEntries(
  Object.entries(uses).map(([kind, letters]) => [kind, layout(letters)]),
) as unknown as Record<Kind, LayoutColumn[]>

/** The cells of a row by column; an empty cell is ''. */
export type Cells = Readonly<Record<ColumnId, string>>

const noCells = Object.fromEntries([...serverColumns, ...personalColumns].map((id) => [id, ''])) as Record<
  ColumnId,
  string
>

export const cellsOf = (kind: Kind, fields: readonly string[]): Cells => ({
  ...noCells,
  ...Object.fromEntries(layouts[kind].map(({ id, number }) => [id, fields[number - 1] ?? ''])),
})

export const columnNumber = (kind: Kind, id: ColumnId): number =>
  layouts[kind].find((column) => column.id === id)?.number ?? 0
