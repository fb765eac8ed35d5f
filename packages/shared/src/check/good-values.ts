/**
 * Values that were found good. The rows of one file share most of theirs (place, mail address, reason, software),
 * and a value that is judged by its column alone need not be judged twice in a row.
 */
import type { DnAttribute } from '../dn/index.js'
import type { Column, KindTable } from '../tsv/index.js'

/** What follows the CN in a DN that was good, and what it was read as. */
export interface GoodTail {
  /** From the comma on. */
  text: string
  attributes: readonly DnAttribute[]
}

export class GoodValues {
  /** Of the last row that had one. */
  dnTail: GoodTail | undefined
  readonly #last: (string | undefined)[] = []

  has = (column: Column, value: string): boolean => this.#last[column.number] === value

  add(column: Column, value: string): void {
    this.#last[column.number] = value
  }
}

const known = new WeakMap<object, Map<KindTable, GoodValues>>()

/** Those of one table under one context: another organisation has other good values. */
export function goodValuesOf(context: object, table: KindTable): GoodValues {
  const byTable = known.get(context) ?? new Map<KindTable, GoodValues>()
  if (byTable.size === 0) known.set(context, byTable)
  const values = byTable.get(table) ?? new GoodValues()
  if (!byTable.has(table)) byTable.set(table, values)
  return values
}
