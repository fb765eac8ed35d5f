/**
 * The certificates that are due, one after the other: all are ordered before the
 * first is waited for, so that two hundred wait as long as one, and at a gateway
 * go out in the same files.
 */
import type { Directories } from '../../keystore/directories.js'
import { noteFailure } from '../../renewal/deployment-state.js'
import { runHooks } from '../../renewal/hooks.js'
import { Failure } from '../../terminal/failure.js'
import type { Context } from '../command-spec.js'
import { explainError } from '../explain-error.js'
import type { RenewOptions } from './options.js'
import type { Result } from './report.js'
import type { Task } from './select.js'
import { startTime, type TimeLeft } from './time-left.js'

export interface WorkedOff {
  worked: Result[]
  /** For orders that are waited for after these. */
  timeLeft: TimeLeft
}

export async function workOff(
  directories: Directories,
  due: readonly Task[],
  options: RenewOptions,
  context: Context,
): Promise<WorkedOff> {
  if (due.length === 0) return { worked: [], timeLeft: startTime(options.timeout) }
  if (options.dryRun) return rehearseAll(directories, due, options, context)
  const hooks = { directories, reporter: context.reporter }
  const commands = (kind: 'preHook' | 'postHook') => [
    options[kind],
    ...due.map(({ parameters }) => parameters[kind]),
  ]
  await runHooks('pre', commands('preHook'), {}, hooks)
  const worked: Result[] = []
  try {
    const refused = await orderAll(directories, due, context)
    const timeLeft = startTime(options.timeout)
    const wishes = { ...options, timeLeft }
    for (const task of due)
      worked.push(refused.get(task) ?? (await renewAndNote(directories, task, wishes, context)))
    return { worked, timeLeft }
  } finally {
    await runHooks('post', commands('postHook'), summary(worked), hooks)
  }
}

async function rehearseAll(
  directories: Directories,
  due: readonly Task[],
  { timeout }: RenewOptions,
  context: Context,
): Promise<WorkedOff> {
  const worked: Result[] = []
  for (const task of due) {
    const { rehearse } = await renewals()
    worked.push(await outcomeOf(task.lineage, () => rehearse(directories, task, context), context))
  }
  return { worked, timeLeft: startTime(timeout) }
}

/** @returns those that could not be ordered; one alone is ordered when its turn comes */
async function orderAll(
  directories: Directories,
  due: readonly Task[],
  context: Context,
): Promise<Map<Task, Result>> {
  const refused = new Map<Task, Result>()
  const toOrder = due.filter(({ action }) => action === 'order')
  if (toOrder.length < 2) return refused
  const { orderOne } = await renewals()
  for (const task of toOrder) {
    const work = async () => {
      await orderOne(directories, task, context)
      return 'pending' as const
    }
    const result = await noted(directories, task, work, context)
    if (result.outcome === 'failed') refused.set(task, result)
  }
  return refused
}

async function renewAndNote(
  directories: Directories,
  task: Task,
  wishes: RenewOptions & { timeLeft: TimeLeft },
  context: Context,
): Promise<Result> {
  const { renewOne } = await renewals()
  return noted(directories, task, () => renewOne(directories, task, wishes, context), context)
}

/** Ordering brings all of the cryptography with it, which most runs have no use for. */
const renewals = () => import('./renew-one.js')

async function noted(
  directories: Directories,
  { lineage }: Task,
  work: () => Promise<Result['outcome']>,
  context: Context,
): Promise<Result> {
  const result = await outcomeOf(lineage, work, context)
  if (result.outcome !== 'failed') return result
  try {
    await noteFailure(directories, lineage.name, result.message ?? '', context.now())
  } catch {
    // The reason is told already, most likely a full disk; the next run just tries without a pause.
  }
  return result
}

/** What became of one certificate; an order that waits for a person is no failure. */
export async function outcomeOf(
  { name, names }: Pick<Result, 'name' | 'names'>,
  work: () => Promise<Result['outcome']>,
  context: Context,
): Promise<Result> {
  try {
    return { name, names, outcome: await work() }
  } catch (error) {
    if (context.signal.aborted) throw error
    if (error instanceof Failure && error.outcome === 'pending') return { name, names, outcome: 'pending' }
    return tellFailure({ name, names }, error, context)
  }
}

export function tellFailure(
  { name, names }: Pick<Result, 'name' | 'names'>,
  error: unknown,
  context: Context,
): Result {
  const { text } = explainError(error)
  context.reporter.error({ en: `${name}: ${text.en}`, ja: `${name}: ${text.ja}` })
  return { name, names, outcome: 'failed', message: text[context.language] }
}

/** certbot's variables of the post-hook. */
export const summary = (results: readonly Result[]) => {
  const join = (outcome: Result['outcome']) =>
    results.flatMap((result) => (result.outcome === outcome ? result.names : [])).join(' ')
  return { RENEWED_DOMAINS: join('renewed'), FAILED_DOMAINS: join('failed') }
}
