/**
 * Runs the steps of this process: each kind at most once at a time.
 *
 * A call that comes while its step runs leads to one more run after it, so nothing that became due in between is
 * missed, and a thousand calls make two runs.
 */
import type { Work } from './queue.js'

interface Running {
  /** Ends with the last of the runs. */
  done: Promise<void>
  again: boolean
}

export class StepRunner {
  readonly #running = new Map<Work, Running>()
  #stopped = false

  constructor(private readonly step: (work: Work) => Promise<void>) {}

  /** Resolves when a run that began after this call has ended; rejects with what that run threw. */
  run(work: Work): Promise<void> {
    const running = this.#running.get(work)
    if (running) {
      running.again = true
      return running.done
    }
    if (this.#stopped) return Promise.resolve()
    const made: Running = { done: Promise.resolve(), again: true }
    this.#running.set(work, made)
    made.done = this.#repeat(work, made).finally(() => this.#running.delete(work))
    return made.done
  }

  /** Lets what runs end, without one more run. */
  async stop(): Promise<void> {
    this.#stopped = true
    await Promise.allSettled([...this.#running.values()].map(({ done }) => done))
  }

  async #repeat(work: Work, running: Running): Promise<void> {
    while (running.again && !this.#stopped) {
      running.again = false
      await this.#runOnce(work, running)
    }
  }

  /** What failed is run again at once only if somebody asked for that meanwhile. */
  async #runOnce(work: Work, running: Running): Promise<void> {
    try {
      await this.step(work)
    } catch (error) {
      if (!running.again || this.#stopped) throw error
    }
  }
}
