/** Findings for an answer: as many as anybody reads, and how many more there were. */
import type { Finding } from '@upki-gateway/shared/problem'

/** More findings are counted, not shown. */
export const maxShown = 10_000

export class Found {
  readonly shown: Finding[] = []
  leftOut = 0
  /** Rows with an error, in order; each once as long as findings come row by row. */
  #lastRow = 0
  wrongRows = 0

  constructor(findings: readonly Finding[] = []) {
    this.add(findings)
  }

  get isEmpty(): boolean {
    return this.shown.length === 0
  }

  add(findings: readonly Finding[]): void {
    for (const finding of findings) {
      if (this.shown.length < maxShown) this.shown.push(finding)
      else this.leftOut += 1
      if (finding.grade !== 'error' || finding.row === this.#lastRow) continue
      this.#lastRow = finding.row
      this.wrongRows += 1
    }
  }
}
