/** Checks rows against each other: no CN, key or serial twice; one O, L and ST. */
import type { FieldName } from '../application/application.js'
import { Csr } from '../csr/index.js'
import { DnError, attributeOf } from '../dn/index.js'
import { parseSerial } from '../identifier/index.js'
import type { FindingCode } from '../problem/finding-catalogue.js'
import { takesField } from '../tsv/index.js'
import type { CheckContext } from './context.js'
import type { Row } from './row.js'

interface Uniqueness {
  code: FindingCode
  field: FieldName
  /** What may stand in one row only; undefined in rows that do not take part. */
  keyOf: (row: Row) => string | undefined
}

const unique: readonly Uniqueness[] = [
  {
    code: 'commonNameRepeated',
    field: 'subjectDn',
    // Issue and renew share their names; an ACME account may exist beside them.
    keyOf: (row) =>
      row.asksForServerCertificate
        ? row.commonName && familyOf(row) + row.commonName.toLowerCase()
        : undefined,
  },
  {
    code: 'keyRepeated',
    field: 'csr',
    keyOf: ({ csr }) => (csr instanceof Csr ? csr.spkiSha256 : undefined),
  },
  {
    code: 'serialRepeated',
    field: 'serial',
    keyOf: (row) =>
      takesField(row.table, 'serial') ? parseSerial(row.fields.serial ?? '')?.toString() : undefined,
  },
]

const familyOf = (row: Row): string => (row.kind.startsWith('acme') ? 'acme:' : 'server:')

export function checkAcrossRows(rows: readonly Row[], context: CheckContext): void {
  for (const rule of unique) checkUnique(rows, rule)
  if (!context.organisation) checkSameOrganisation(rows)
}

function checkUnique(rows: readonly Row[], { code, field, keyOf }: Uniqueness): void {
  const firstRows = new Map<string, number>()
  for (const row of rows) {
    const key = keyOf(row)
    if (key === undefined) continue
    const other = firstRows.get(key)
    if (other === undefined) firstRows.set(key, row.number)
    else row.find(code, field, { words: { other } })
  }
}

/** Without the registered values, rows can only be compared with the first one. */
function checkSameOrganisation(rows: readonly Row[]): void {
  const [first, ...rest] = rows.filter((row) => row.asksForServerCertificate && !(row.dn instanceof DnError))
  if (!first) return
  for (const row of rest)
    for (const attribute of ['O', 'L', 'ST'] as const) compareAttribute(row, first, attribute)
}

function compareAttribute(row: Row, first: Row, attribute: 'O' | 'L' | 'ST'): void {
  if (row.dn instanceof DnError || first.dn instanceof DnError) return
  const value = attributeOf(row.dn, attribute)
  if (value === undefined || value === attributeOf(first.dn, attribute)) return
  row.find('dnDiffersAmongRows', 'subjectDn', { value, words: { attribute, other: first.number } })
}
