/**
 * Asks the store many questions of one kind in one statement.
 *
 * Questions that come while a statement is under way wait for the next one, so under load a question costs a
 * small part of a statement and of its commit; one that comes alone is asked at once.
 */

/** More in one statement would make the first of them wait for the last. */
const MOST = 64
/** While one waits for the disk, another runs. */
const AT_ONCE = 2

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
    const group = this.#waiting.splice(0, MOST)
    try {
      const answers = await this.answer(group.map(({ question }) => question))
      group.forEach(({ resolve }, place) => resolve(answers[place] as Answer))
    } catch (error) {
      for (const { reject } of group) reject(error)
    } finally {
      this.#running--
      void this.#run()
    }
  }
}
