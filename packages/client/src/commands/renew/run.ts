/** `renew`: one run over all certificates, each on its own; one that fails keeps no other from its turn. */
import { setTimeout as sleep } from 'node:timers/promises'
import { chooseDirectories, paths, prepareDirectories, type Directories } from '../../keystore/directories.js'
import { listLineages, type Lineage } from '../../keystore/lineages.js'
import { acquireLock } from '../../keystore/lock.js'
import { runHooks } from '../../renewal/hooks.js'
import { Failure, type Outcome } from '../../terminal/failure.js'
import type { OrderSummary } from '../../keystore/order-summaries.js'
import type { Context } from '../command-spec.js'
import { listForeignStates, readState } from '../../renewal/deployment-state.js'
import { explainError } from '../explain-error.js'
import { confirmSeen } from './confirm-seen.js'
import { finishFirstOrder, listFirstOrders } from './first-orders.js'
import type { RenewOptions } from './options.js'
import { reportRenewals, type Result } from './report.js'
import { selectTask, type Task } from './select.js'
import type { TimeLeft } from './time-left.js'
import { outcomeOf, summary, tellFailure, workOff } from './work-off.js'

/** Longest wait before the first request of a run that nobody watches: certbot's. */
const maxJitterSeconds = 480

/** Certificates looked at together: some may ask their server for renewal information. */
const atOnce = 16

export async function runRenew(options: RenewOptions, context: Context): Promise<Outcome> {
  const { configDir, workDir, logsDir } = options
  const directories = chooseDirectories({ config: configDir, work: workDir, logs: logsDir })
  await prepareDirectories(directories)
  const lock = await acquireLock(paths.lock(directories, 'renew'))
  try {
    return await renewAll(directories, options, context)
  } finally {
    lock.release()
  }
}

async function renewAll(directories: Directories, options: RenewOptions, context: Context): Promise<Outcome> {
  const lineages = await readableLineages(directories, options, context)
  const tasks: Task[] = []
  const results: Result[] = lineages.unreadable
  for (let at = 0; at < lineages.readable.length; at += atOnce) {
    const some = lineages.readable.slice(at, at + atOnce)
    const selected = await Promise.all(
      some.map((lineage) => trySelect(directories, lineage, options, context)),
    )
    tasks.push(...selected.filter((one): one is Task => 'action' in one))
    results.push(...selected.filter((one): one is Result => !('action' in one)))
  }
  const due = tasks.filter(({ action }) => action === 'order' || action === 'install')
  const known = new Set([...lineages.readable, ...lineages.unreadable].map(({ name }) => name))
  const first = await listFirstOrders(directories, known, options.certName)
  if (due.length + first.length > 0 && !options.dryRun) await spread(options, context)
  const { worked, timeLeft } = await workOff(directories, due, options, context)
  results.push(...worked, ...(await workOnFirst(directories, first, { ...options, timeLeft }, context)))
  const idle = tasks.filter((task) => !due.includes(task))
  if (!options.dryRun) await catchUp(directories, idle, context)
  await tellFailures(directories, results, options, context)
  reportRenewals(context.reporter, results, idle)
  return results.some(({ outcome }) => outcome === 'failed') ? 'failed' : 'done'
}

/** What an earlier run did not see in use, or could not tell the gateway. */
async function catchUp(directories: Directories, idle: readonly Task[], context: Context): Promise<void> {
  for (const { lineage, parameters, state } of idle) {
    const isUnseen = !parameters.installer && parameters.check && state.seen?.serial !== lineage.serial
    if (isUnseen) await lookAgain(directories, lineage, parameters.check ?? '', context)
    await confirmSeen(directories, lineage.name, parameters, context)
  }
  for (const name of await listForeignStates(directories))
    await confirmSeen(directories, name, (await readState(directories, name)).orderedBy, context)
}

async function lookAgain(directories: Directories, lineage: Lineage, place: string, context: Context) {
  try {
    const { lookForLineage } = await import('../../installers/look-deployed.js')
    await lookForLineage(directories, lineage, { place, now: context.now(), waitMs: 0 })
  } catch (error) {
    const { text } = explainError(error)
    context.reporter.warn({ en: `${lineage.name}: ${text.en}`, ja: `${lineage.name}: ${text.ja}` })
  }
}

async function workOnFirst(
  directories: Directories,
  orders: readonly OrderSummary[],
  { dryRun, timeLeft }: Pick<RenewOptions, 'dryRun'> & { timeLeft: TimeLeft },
  context: Context,
): Promise<Result[]> {
  const results: Result[] = []
  for (const order of orders) {
    const { name, names } = order
    const work = async () => {
      if (dryRun) return 'planned' as const
      await finishFirstOrder(directories, order, context, timeLeft)
      return 'renewed' as const
    }
    results.push(await outcomeOf({ name, names }, work, context))
  }
  return results
}

async function readableLineages(
  directories: Directories,
  { certName }: RenewOptions,
  { reporter, language }: Context,
) {
  const all = (await listLineages(directories)).filter(
    ({ name }) => certName === undefined || name === certName,
  )
  if (certName && all.length === 0) throw unknownName(certName)
  const readable = all.filter((one): one is Lineage => !('problem' in one))
  const unreadable: Result[] = []
  for (const one of all.filter((found) => 'problem' in found)) {
    reporter.error({ en: `${one.name}: ${one.text.en}`, ja: `${one.name}: ${one.text.ja}` })
    unreadable.push({ name: one.name, names: [], outcome: 'failed', message: one.text[language] })
  }
  return { readable, unreadable }
}

/** A certificate whose settings cannot be read is one failure among the results. */
async function trySelect(
  directories: Directories,
  lineage: Lineage,
  options: RenewOptions,
  context: Context,
): Promise<Task | Result> {
  const { name, names } = lineage
  try {
    const task = await selectTask(directories, lineage, options, context)
    return task ?? { name, names, outcome: 'unmanaged' }
  } catch (error) {
    return tellFailure({ name, names }, error, context)
  }
}

/** Without a terminal hundreds of machines start at the same minute. */
async function spread(
  { forceRenewal, randomSleepOnRenew }: RenewOptions,
  { signal }: Context,
): Promise<void> {
  if (forceRenewal || randomSleepOnRenew === false || process.stdin.isTTY) return
  await sleep(Math.random() * maxJitterSeconds * 1000, undefined, { signal })
}

/** By hook and by mail; a mail that cannot be sent is a warning. */
async function tellFailures(
  directories: Directories,
  results: readonly Result[],
  { failureHook, failureMail, sendmail, dryRun }: RenewOptions,
  { reporter, language }: Context,
): Promise<void> {
  const failed = results.filter(({ outcome }) => outcome === 'failed')
  if (failed.length === 0 || dryRun) return
  const reason = failed.map(({ name, message }) => `${name}: ${message ?? ''}`).join('\n')
  if (failureHook) {
    const variables = { ...summary(results), FAILED_REASON: reason }
    await runHooks('failure', [failureHook], variables, { directories, reporter })
  }
  if (!failureMail) return
  const { renderFailureMail, sendMail } = await import('../../renewal/failure-mail.js')
  await sendMail(renderFailureMail({ to: failureMail, failed }, language), sendmail).catch(
    (error: unknown) => {
      const { message } = error as Error
      reporter.warn({
        en: `The mail about it was not sent: ${message}`,
        ja: `通知メールを送れません: ${message}`,
      })
    },
  )
}

const unknownName = (name: string) =>
  new Failure('usage', {
    en: `There is no certificate ${name}; "upki-client certificates" lists them.`,
    ja: `証明書 ${name} はありません。"upki-client certificates" で一覧できます。`,
  })
