/** Order and completeness of the attributes of a DN. Source: docs/upki-tsv.md, "Column 1: Subject DN". */
import type { AttributeName, DnAttribute } from './dn.js'

/** The five attributes of a server certificate, in the order of TSV column 1. */
export const serverDnOrder = ['CN', 'O', 'L', 'ST', 'C'] as const satisfies readonly AttributeName[]

/** Every attribute in the order of TSV column 1; OU may repeat where a kind allows it. */
const tsvOrder: readonly string[] = ['CN', 'OU', 'O', 'L', 'ST', 'C']

/** What sets a DN apart from the wanted attributes in the wanted order. */
export interface DnDifferences {
  missing: AttributeName[]
  repeated: string[]
  unexpected: string[]
  outOfOrder: boolean
}

/** Compares a DN with the attributes it must have, each exactly once and in that order. */
export function compareDn(dn: readonly DnAttribute[], wanted: readonly AttributeName[]): DnDifferences {
  if (isExactly(dn, wanted)) return none
  const names = dn.map(({ name }) => name)
  const expected = names.filter((name) => (wanted as readonly string[]).includes(name))
  return {
    missing: wanted.filter((name) => !names.includes(name)),
    repeated: [...new Set(expected.filter((name, index) => expected.indexOf(name) !== index))],
    unexpected: [...new Set(names.filter((name) => !expected.includes(name)))],
    outOfOrder: !isAscending(expected.map((name) => (wanted as readonly string[]).indexOf(name))),
  }
}

const none: DnDifferences = { missing: [], repeated: [], unexpected: [], outOfOrder: false }

const isExactly = (dn: readonly DnAttribute[], wanted: readonly string[]): boolean =>
  dn.length === wanted.length && dn.every(({ name }, index) => name === wanted[index])

const isAscending = (numbers: readonly number[]): boolean =>
  numbers.every((number, index) => index === 0 || number >= (numbers[index - 1] ?? 0))

/** Brings attributes into the order of TSV column 1; those it does not know come last. */
export const toTsvOrder = (dn: readonly DnAttribute[]): DnAttribute[] =>
  [...dn].sort((a, b) => rank(a.name) - rank(b.name))

const rank = (name: string): number => (tsvOrder.includes(name) ? tsvOrder.indexOf(name) : tsvOrder.length)

/** True for the two orders in which a CSR may carry its subject: `C,ST,L,O,CN` or exactly the reverse. */
export function isCsrOrder(dn: readonly DnAttribute[]): boolean {
  const ranks = dn.map(({ name }) => rank(name))
  return isAscending(ranks) || isAscending([...ranks].reverse())
}
