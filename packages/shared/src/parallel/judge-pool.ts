/**
 * Judges rows in worker threads, for inputs that are large enough to repay starting them.
 *
 * Rows are sent in batches and answered in any order; callers keep the order by awaiting in it.
 */
import { Worker } from 'node:worker_threads'
import type { Application } from '../application/application.js'
import type { JudgeContext, Judged } from '../check/judge.js'

export interface JudgeTask {
  id: number
  firstRow: number
  applications: readonly Application[]
}

export interface JudgeAnswer {
  id: number
  judged: Judged[]
}

interface Pending {
  resolve: (judged: Judged[]) => void
  reject: (error: unknown) => void
}

interface Seat {
  worker: Worker
  /** Batches it was given and has not answered. */
  load: number
}

export class JudgePool {
  /** None until the first rows come: an input whose rows do not repay it never starts them. */
  #workers: Seat[] | undefined
  readonly #startAll: () => Seat[]
  readonly #pending = new Map<number, Pending>()
  #nextId = 0
  #failure: Error | undefined

  /** @param entry the compiled judge-worker; it differs where the program is bundled */
  constructor(entry: URL, context: JudgeContext, size: number) {
    this.#startAll = () =>
      Array.from({ length: size }, () => ({ worker: this.#start(entry, context), load: 0 }))
  }

  /** @throws what ended a worker, now or before */
  async judge(applications: readonly Application[], firstRow: number): Promise<Judged[]> {
    this.#workers ??= this.#startAll()
    const [least] = this.#workers.sort((a, b) => a.load - b.load)
    if (!least) throw new Error('The pool is closed')
    if (this.#failure) throw this.#failure
    const id = this.#nextId++
    least.load += 1
    // An idle worker does not keep the program alive; one at work does.
    least.worker.ref()
    try {
      return await new Promise((resolve, reject) => {
        this.#pending.set(id, { resolve, reject })
        least.worker.postMessage({ id, firstRow, applications } satisfies JudgeTask)
      })
    } finally {
      least.load -= 1
      if (least.load === 0) least.worker.unref()
    }
  }

  async close(): Promise<void> {
    const workers = this.#workers ?? []
    this.#workers = []
    await Promise.all(workers.map(({ worker }) => worker.terminate()))
  }

  #start(entry: URL, context: JudgeContext): Worker {
    const worker = new Worker(entry, { workerData: context })
    worker.on('message', ({ id, judged }: JudgeAnswer) => {
      this.#pending.get(id)?.resolve(judged)
      this.#pending.delete(id)
    })
    worker.on('error', (error: Error) => this.#fail(error))
    worker.on('exit', () => this.#fail(new Error('A worker of the pool has ended')))
    worker.unref()
    return worker
  }

  /** Without one of its workers the pool is of no use: whoever waits, or comes later, is told why. */
  #fail(error: Error): void {
    this.#failure ??= error
    for (const { reject } of this.#pending.values()) reject(this.#failure)
    this.#pending.clear()
  }
}
