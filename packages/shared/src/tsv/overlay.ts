/**
 * What an institution lays over the tables by configuration: a limit, a mark, a list of profiles.
 *
 * As read from YAML or JSON: `{ server-issue: { profiles: ['3'], columns: { software: { max: 64 } } } }`.
 * Every mistake is told at once. The tables themselves never change.
 */
import { isApplicationKind } from '../application/kind.js'
import type { ApplicationKind } from '../application/kind.js'
import type { FieldName } from '../application/application.js'
import { columnOf, overlayTable } from './kind-table.js'
import type { KindTables, TableOverlay } from './kind-table.js'
import { kindTables } from './kind-tables.js'

export interface KindOverlay {
  columns?: TableOverlay
  profiles?: readonly string[]
}

export type TablesOverlay = Partial<Record<ApplicationKind, KindOverlay>>

export class OverlayError extends Error {
  override name = 'OverlayError'
  constructor(readonly mistakes: readonly string[]) {
    super(`tables: ${mistakes.join('; ')}`)
  }
}

/** All tables, those of the overlay changed. */
export function overlayTables(overlay: TablesOverlay, tables: KindTables = kindTables): KindTables {
  const changed = Object.entries(overlay).map(([kind, { columns = {}, profiles }]) => {
    const table = overlayTable(tables[kind as ApplicationKind], columns)
    return [kind, profiles ? { ...table, profiles } : table]
  })
  return { ...tables, ...(Object.fromEntries(changed) as Partial<KindTables>) }
}

/** Reads an overlay from configuration. @throws {OverlayError} with every mistake. */
export function readOverlay(value: unknown): TablesOverlay {
  const mistakes: string[] = []
  if (!isRecord(value)) throw new OverlayError(['not an object of kinds'])
  for (const [kind, overlay] of Object.entries(value)) {
    if (!isApplicationKind(kind)) mistakes.push(`there is no kind ${kind}`)
    else mistakes.push(...mistakesOf(kind, overlay).map((mistake) => `${kind}: ${mistake}`))
  }
  if (mistakes.length > 0) throw new OverlayError(mistakes)
  return value
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function mistakesOf(kind: ApplicationKind, overlay: unknown): string[] {
  if (!isRecord(overlay)) return ['not an object']
  const { columns = {}, profiles = [], ...others } = overlay
  const mistakes = Object.keys(others).map((name) => `unknown setting ${name}`)
  if (!Array.isArray(profiles) || !profiles.every((id) => typeof id === 'string' && /^\d{1,2}$/.test(id)))
    mistakes.push('profiles is not a list of profile ids, as text')
  if (!isRecord(columns)) return [...mistakes, 'columns is not an object']
  return [
    ...mistakes,
    ...Object.entries(columns).flatMap(([name, column]) => columnMistakes(kind, name, column)),
  ]
}

function columnMistakes(kind: ApplicationKind, name: string, column: unknown): string[] {
  if (!columnOf(kindTables[kind], name as FieldName)) return [`there is no column ${name}`]
  if (!isRecord(column)) return [`${name} is not an object`]
  const { use = 'optional', max = 1, ...others } = column
  return [
    ...Object.keys(others).map((setting) => `${name}: unknown setting ${setting}`),
    ...(['required', 'optional', 'empty'].includes(use as string)
      ? []
      : [`${name}: use is required, optional or empty`]),
    ...(Number.isInteger(max) && (max as number) > 0 ? [] : [`${name}: max is not a positive number`]),
  ]
}
