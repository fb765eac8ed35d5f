import type { BatchState } from './states.js'

/** Who says what became of a batch, and in which states that counts. */
export interface Word {
  /** `gateway`, or the operator as records name it. */
  actor: string
  from: readonly BatchState[]
}
