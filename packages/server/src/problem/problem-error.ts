import type { Finding } from '@upki-gateway/shared/problem'
import { type ProblemName, problems } from './problems.js'

/** RFC 8555 §6.7.1; `finding` is ours and carries the row, field and remedy in both languages. */
export interface Subproblem {
  type: string
  detail: string
  identifier?: { type: string; value: string }
  finding?: Finding
}

export interface ProblemOptions {
  /** The detail in Japanese: what is wrong and what to do. */
  ja: string
  /** Instead of the status of the catalogue, where a section of a standard demands it. */
  status?: number
  subproblems?: Subproblem[]
  findings?: Finding[]
  /** Members of the problem's own, such as `algorithms` of RFC 8555 §6.2. */
  members?: Record<string, unknown>
  headers?: Record<string, string>
  retryAfterSeconds?: number
  cause?: unknown
}

/** An outcome the caller is meant to see. Thrown anywhere, rendered once, in `http/render-problem.ts`. */
export class ProblemError extends Error {
  override name = 'ProblemError'

  /** @param detail in English: what is wrong and what to do */
  constructor(
    readonly problem: ProblemName,
    readonly detail: string,
    readonly options: ProblemOptions,
  ) {
    super(`${problem}: ${detail}`, { cause: options.cause })
  }

  get status(): number {
    return this.options.status ?? problems[this.problem].status
  }
}
