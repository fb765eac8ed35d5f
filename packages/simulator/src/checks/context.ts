/** What the checks of a row know besides the row. */
import { categoryOf, type Category, type Kind } from '../applications/kinds.js'
import { cellsOf, type Cells, type ColumnId } from '../applications/layouts.js'
import type { Organisation } from '../organisations/organisation.js'
import { columnFault, type ErrorName, type Fault } from './errors.js'

/** A certificate in the organisation's records. */
export interface KnownCertificate {
  category: Category
  subjectDn: string
}

/** The organisation's records, with what earlier rows of the same file will add to them. */
export interface History {
  /** Whether the claim of an accepted row stands: see claims.ts. */
  isClaimed(claim: string): boolean
  /** By serial in decimal. */
  certificate(serial: string): KnownCertificate | undefined
}

export class RowContext {
  readonly category: Category
  readonly cells: Cells

  constructor(
    readonly kind: Kind,
    fields: readonly string[],
    readonly organisation: Organisation,
    readonly history: History,
  ) {
    this.category = categoryOf(kind)
    this.cells = cellsOf(kind, fields)
  }

  /** `[]`, or the one fault when `isBroken`. */
  when(isBroken: boolean, id: ColumnId, error: ErrorName, limit?: number): Fault[] {
    return isBroken ? [columnFault(this.kind, id, error, limit)] : []
  }
}

export type Check = (row: RowContext) => Fault[]
