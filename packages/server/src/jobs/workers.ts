/**
 * Runs the steps of the life cycle when the bell rings, and every `queue.sweepSeconds` in any case.
 *
 * A process that works itself runs at once what it rings for, without a way over the queue; the queue carries the
 * rings of the others, and what is to run later. One job of each kind waits there at most. A ring while its
 * step runs leads to one more run after it, so nothing that became due in between is missed.
 */
import type { Logger } from 'pino'
import { sweepNonces } from '../acme/sweep-nonces.js'
import { runValidations } from '../acme/validation/run-validations.js'
import { sealRegularly } from '../audit/seal-audit.js'
import { assembleBatches } from '../issuance/assemble-batches.js'
import { collectReports } from '../issuance/collect-reports.js'
import { tellForgotten } from '../issuance/forgotten-work.js'
import { importHistory } from '../issuance/import-history.js'
import type { Bell, Environment } from '../issuance/ports/environment.js'
import { releaseAbandoned, releaseAll, submitBatches } from '../issuance/submit-batches.js'
import { runNotices } from '../notify/run-notices.js'
import { watch } from '../notify/watch.js'
import { deleteAnswersBefore } from '../store/idempotency.js'
import { expireCertificates } from '../store/inventory.js'
import type { QueueBackend, Work, WorkQueue } from './queue.js'
import { StepRunner } from './step-runner.js'
import { readClocks } from './two-clocks.js'

const QUEUE = 'issuance'
/** How long the answer of an Idempotency-Key is kept; the contract says so too. */
const KEEP_ANSWERS_MS = 24 * 3_600_000

/** Delayed jobs are told apart, so that one that waits never swallows a ring. */
const jobOptions = (work: Work, delay = 0) => ({
  delay,
  removeOnComplete: true,
  removeOnFail: true,
  deduplication: { id: delay > 0 ? `${work}-later` : work, keepLastIfActive: true },
})

export interface Jobs {
  ring: Bell
  /** Starts working; before it, rings are only kept. */
  start(env: Environment): Promise<void>
  /** How many jobs stand in the queue; empty when it does not answer in a moment, since it may keep on waiting. */
  counts(): Promise<{ state: string; count: number }[]>
  /** Lets running jobs end. */
  stop(): Promise<void>
}

/** Rebuilds from the store everything that is due: the queue may have lost it. */
async function sweep(env: Environment): Promise<number | undefined> {
  const nextLeaseEnd = await releaseAbandoned(env)
  const clocks = await readClocks(env)
  const { earlier: now } = clocks
  await deleteAnswersBefore(env.db, new Date(now.getTime() - KEEP_ANSWERS_MS))
  await sweepNonces(env.db, clocks)
  await expireCertificates(env.db, now)
  await watch(env, now)
  await tellForgotten(env)
  for (const work of ['assemble', 'submit', 'collect', 'history', 'validate'] as const) env.ring(work)
  return nextLeaseEnd
}

/** Each step tells in how many milliseconds it has to run again, if it knows. */
const steps: Record<Work, (env: Environment) => Promise<number | undefined>> = {
  assemble: assembleBatches,
  submit: submitBatches,
  collect: collectReports,
  // Of its own: the whole history may take minutes, which nobody who waits for a certificate shall wait too.
  history: importHistory,
  validate: runValidations,
  sweep,
}

/** Below this, a timer of this process: a job in the queue costs more, and the sweep finds what is lost with it. */
const SHORT_MS = 1000

/** Runs a step, and sees to it that it runs again when it says so. */
const makeStep =
  (env: Environment, queue: WorkQueue) =>
  async (work: Work): Promise<void> => {
    const again = await steps[work](env)
    if (again === undefined) return
    if (again < SHORT_MS && work !== 'sweep') setTimeout(() => env.ring(work), Math.max(again, 1)).unref()
    else await queue.add(work, {}, jobOptions(work, Math.max(again, 1)))
  }

// Rings of one kind within this time make one job: a thousand finalizes in a second wake the workers fifty times.
const COALESCE_MS = 20

/**
 * Rings at most once at a time: while the queue cannot be reached rings wait for it, and must not pile up.
 * A ring that comes while one is on its way is rung after it.
 */
export function coalesce(add: (work: Work) => Promise<unknown>): Bell {
  const stages = new Map<Work, 'waiting' | 'ringing' | 'ringing, once more'>()
  const ring: Bell = (work) => {
    if (stages.get(work) === 'ringing') stages.set(work, 'ringing, once more')
    if (stages.has(work)) return
    stages.set(work, 'waiting')
    setTimeout(() => {
      stages.set(work, 'ringing')
      void add(work).finally(() => {
        const again = stages.get(work) === 'ringing, once more'
        stages.delete(work)
        if (again) ring(work)
      })
    }, COALESCE_MS).unref()
  }
  return ring
}

const COUNT_WITHIN_MS = 1000

async function countJobs(queue: WorkQueue): Promise<{ state: string; count: number }[]> {
  const late = new Promise<Record<string, number>>((resolve) => {
    setTimeout(() => resolve({}), COUNT_WITHIN_MS).unref()
  })
  const counting = queue.getJobCounts('waiting', 'active', 'delayed').catch(() => ({}))
  const counts: Record<string, number> = await Promise.race([counting, late])
  return Object.entries(counts).map(([state, count]) => ({ state, count }))
}

/** By a timer of each process: a sweep that stood in the queue would be lost with it. */
function sweepRegularly(runner: StepRunner, { config, log }: Environment): () => Promise<void> {
  const timer = setInterval(() => {
    runner.run('sweep').catch((error: unknown) => log.error({ error }, 'sweep failed'))
  }, config.queue.sweepSeconds * 1000)
  return () => Promise.resolve(clearInterval(timer))
}

export function makeJobs(backend: QueueBackend, log: Logger): Jobs {
  const queue = backend.queue(QUEUE)
  queue.on('error', (error) => log.warn({ error: error.message }, 'queue'))
  const closing: (() => Promise<unknown>)[] = [() => queue.close()]
  const ringOthers = coalesce((work) =>
    queue
      .add(work, {}, jobOptions(work))
      .catch((error: unknown) => log.warn({ work, error }, 'bell not rung; the sweep will find it')),
  )
  let runner: StepRunner | undefined
  const ring: Bell = (work) => {
    if (!runner) return ringOthers(work)
    runner.run(work).catch((error: unknown) => log.error({ work, error }, 'step failed'))
  }
  return {
    ring,
    counts: () => countJobs(queue),
    start: async (env) => {
      if (env.config.databaseUrl === undefined) await releaseAll(env)
      const mine = new StepRunner(makeStep(env, queue))
      runner = mine
      const worker = backend.worker(QUEUE, (work) => mine.run(work))
      worker.on('failed', (job, error) => log.error({ work: job?.name, error }, 'job failed'))
      worker.on('error', (error) => log.warn({ error: error.message }, 'worker'))
      closing.unshift(() => Promise.all([mine.stop(), worker.close()]))
      // From now on others have to hear.
      closing.unshift(() => Promise.resolve((runner = undefined)))
      closing.unshift(sweepRegularly(mine, env))
      closing.unshift(sealRegularly(env))
      closing.unshift(runNotices(env))
      await mine.run('sweep')
    },
    stop: async () => {
      for (const close of closing) await close()
    },
  }
}
