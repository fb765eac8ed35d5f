/**
 * Asks the store many questions of one kind in one statement.
 *
 * Questions that come while a statement is under way wait for the next one, so under load a question costs a
 * small part of a statement and of its commit; one that comes alone is asked at once.
 */

import type { Database, Transaction } from './database.js'

/** More in one statement would make the first of them wait for the last. */
const MOST = 64
/** While one waits for the disk, another runs. */
const AT_ONCE = 2

/** Of the values that a statement holds (SQLSTATE classes 22 and 23): perhaps of one question alone, and nothing was done. */
const isOfValues = (error: unknown): boolean =>
  /^2[23]/.test((error as { code?: string } | undefined)?.code ?? '')

interface Waiting<Question, Answer> {
  question: Question
  resolve: (answer: Answer) => void
  reject: (error: unknown) => void
}

export class Together<Question, Answer> {
  readonly #waiting: Waiting<Question, Answer>[] = []
  #running = 0

  /** @param answer gives one answer to each question, in their order */
  constructor(private readonly answer: (questions: readonly Question[]) => Promise<readonly Answer[]>) {}

  ask(question: Question): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ question, resolve, reject })
      // Later in this turn of the event loop, so that what was read from several connections goes together.
      if (this.#running < AT_ONCE) setImmediate(() => void this.#run())
    })
  }

  async #run(): Promise<void> {
    if (this.#running >= AT_ONCE || this.#waiting.length === 0) return
    this.#running++
    await this.#answer(this.#waiting.splice(0, MOST))
    this.#running--
    void this.#run()
  }

  /** A question that the store refuses must not fail the others: then each goes alone. */
  async #answer(group: readonly Waiting<Question, Answer>[]): Promise<void> {
    try {
      const answers = await this.answer(group.map(({ question }) => question))
      group.forEach(({ resolve }, place) => resolve(answers[place] as Answer))
    } catch (error) {
      if (group.length > 1 && isOfValues(error)) for (const one of group) await this.#answer([one])
      else for (const { reject } of group) reject(error)
    }
  }
}

type Answering<Question, Answer> = (
  db: Database | Transaction,
  questions: readonly Question[],
) => Promise<readonly Answer[]>

/**
 * A question that is asked together with others of its kind, or, in a transaction, alone.
 * @param answer gives one answer to each question, in their order
 */
export function together<Question, Answer>(
  answer: Answering<Question, Answer>,
): (db: Database | Transaction, question: Question) => Promise<Answer> {
  const groups = new WeakMap<Database, Together<Question, Answer>>()
  const groupOf = (db: Database): Together<Question, Answer> => {
    const known = groups.get(db)
    if (known) return known
    const group = new Together<Question, Answer>((questions) => answer(db, questions))
    groups.set(db, group)
    return group
  }
  return async (db, question) => {
    if (!db.isTransaction) return groupOf(db).ask(question)
    const [first] = await answer(db, [question])
    return first as Answer
  }
}
