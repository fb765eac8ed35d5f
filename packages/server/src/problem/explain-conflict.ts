/** What the database refuses because somebody else has it already, or still needs it, in words for the caller. */
import { ProblemError } from './problem-error.js'

/** By name of the constraint in store/migrations/: what is wrong and what to do, in English and Japanese. */
export type ConflictWords = Readonly<Record<string, readonly [en: string, ja: string]>>

/** @throws ProblemError conflict, where a constraint that has words was broken; anything else as it came */
export async function explainConflict<T>(words: ConflictWords, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const known = words[(error as { constraint?: string }).constraint ?? '']
    if (!known) throw error
    throw new ProblemError('conflict', known[0], { ja: known[1] })
  }
}
