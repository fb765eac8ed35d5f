import type { BatchState } from './states.js'

/** Who says what became of a batch, and in which states that counts. */
export interface Word {
  /** `gateway`, or the operator as records name it. */
  actor: string
  from: readonly BatchState[]
  /** Which upload of the batch it is about, where it says nothing of a later one. */
  upload?: number
}
