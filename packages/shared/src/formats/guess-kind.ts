/** Which kind of application some rows are: the one whose table they fit best. */
import { applicationKinds, unpublishedKinds } from '../application/kind.js'
import type { ApplicationKind } from '../application/kind.js'
import type { ApplicationFields, FieldName } from '../application/application.js'
import { commonNameOf } from '../dn/index.js'
import { columnOf, takesField } from '../tsv/kind-table.js'
import type { KindTable } from '../tsv/kind-table.js'
import { kindTables } from '../tsv/kind-tables.js'

const candidates = applicationKinds.filter((kind) => !unpublishedKinds.includes(kind))

/** Cells by position, for files without a heading; undefined when no kind has that many columns. */
export function guessKindOfCells(rows: readonly (readonly string[])[]): ApplicationKind | undefined {
  const counts = rows.map((cells) => cells.length)
  const width = [13, 15].find(
    (count) => counts.filter((other) => other === count).length * 2 >= counts.length,
  )
  const fitting = candidates.filter((kind) => kindTables[kind].columns.length === width)
  return best(fitting, (table) => rows.map((cells) => scoreOf(table, fieldsOf(table, cells))))
}

/** Fields by name, for everything else. */
export const guessKindOfFields = (rows: readonly ApplicationFields[]): ApplicationKind | undefined =>
  best(candidates, (table) => rows.map((fields) => scoreOf(table, fields)))

function best(
  kinds: readonly ApplicationKind[],
  scoresOf: (table: KindTable) => number[],
): ApplicationKind | undefined {
  const sums = kinds.map((kind) => ({ kind, sum: scoresOf(kindTables[kind]).reduce((a, b) => a + b, 0) }))
  const [first] = sums.sort((a, b) => b.sum - a.sum)
  return first?.kind
}

/** A reserved column that is filled counts against the kind, as a field that it does not take. */
function fieldsOf(table: KindTable, cells: readonly string[]): ApplicationFields & { reserved?: string } {
  const entries = table.columns.map(
    ({ field, number }) => [field ?? 'reserved', cells[number - 1] ?? ''] as const,
  )
  return Object.fromEntries(entries.filter(([, value]) => value !== ''))
}

function scoreOf(table: KindTable, fields: ApplicationFields): number {
  const names = Object.keys(fields).filter((name) => fields[name as FieldName] !== '') as FieldName[]
  const foreign = names.filter((name) => !takesField(table, name)).length
  const missing = table.columns.filter(
    ({ field, use }) => field && use === 'required' && !fields[field],
  ).length
  const profile = fields.profileId
  const hasOtherProfile =
    profile !== undefined && columnOf(table, 'profileId') && !table.profiles.includes(profile)
  return names.length - 4 * foreign - 2 * missing - (hasOtherProfile ? 6 : 0) + mailNameScore(table, fields)
}

/** Client and S/MIME kinds share their columns; since 2023 the CN of the latter is a mail address. */
function mailNameScore({ kind }: KindTable, { subjectDn = '' }: ApplicationFields): number {
  if (!kind.startsWith('smime') && !kind.startsWith('client')) return 0
  const hasMailName = commonNameOf(subjectDn)?.includes('@') ?? false
  return hasMailName === kind.startsWith('smime') ? 0 : -1
}
