import type { FieldName } from '../application/application.js'
import type { Finding } from '../problem/finding.js'
import type { FindingCode } from '../problem/finding-catalogue.js'
import { makeFinding } from '../problem/make-finding.js'
import type { FindingWords } from '../problem/make-finding.js'

/** What ends the reading of an input: nothing after it can be understood. */
export class InputFault extends Error {
  override name = 'InputFault'
  constructor(
    readonly code: FindingCode,
    readonly words: FindingWords = {},
    readonly field?: FieldName,
  ) {
    super(code)
  }

  /** @param row the row being read, from 1 */
  toFinding(row: number): Finding {
    return makeFinding(this.code, { row, words: this.words, ...(this.field && { field: this.field }) })
  }
}
