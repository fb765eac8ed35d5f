/**
 * The history, read from the service when the gateway first meets it, for it decides between issue and renewal; and
 * every day from then on, for what others did there: certificates that a CA revoked, or an operator on the screens.
 * Source: docs/issuance-cycle.md, step 10.
 */
import { claimImport, isImported, markImported, makeImportDue } from '../store/report-imports.js'
import { beginImport } from './import-report.js'
import type { Environment } from './ports/environment.js'
import { ownedBy } from './own-rows.js'
import type { ReportName } from './ports/issuance-system.js'
import { maintenanceMs } from './upload-times.js'
import { organisationsOf } from './whole-report.js'

/** One reading serves every organisation of the issuance system. */
async function importOne(env: Environment, systemId: string, name: ReportName): Promise<void> {
  const imports = env.config.organisations
    .filter(({ issuanceSystem }) => issuanceSystem === systemId)
    .map(({ id }) => ({
      isOwn: ownedBy(env.config, id),
      ...beginImport(env, { organisation: id, name, actor: 'gateway' }),
    }))
  for await (const row of env.issuanceSystem(systemId).report(name))
    for (const { isOwn, take } of imports) if (isOwn(row)) await take(row)
  for (const { source, end } of imports) {
    await end()
    env.log.info({ organisation: source.organisation, report: name, ...source.counts }, 'history imported')
  }
  const organisations = imports.map(({ source }) => source.organisation)
  await markImported(env.db, { issuance_system: systemId, name, at: env.now(), organisations })
}

type System = Environment['config']['issuanceSystems'][number]

/** Whether this process is to import the report now: for the first time, for an organisation that is new, or once more. */
async function isDue(env: Environment, system: System, name: ReportName): Promise<boolean> {
  const report = { issuance_system: system.id, name }
  if (!(await isImported(env.db, report, organisationsOf(env, system.id)))) return true
  if (system.adapter !== 'screens') return false
  return claimImport(env.db, report, { now: env.now(), everyHours: system.historyIntervalHours })
}

/** @returns false when it has to be tried again */
async function importIfDue(env: Environment, system: System, name: ReportName): Promise<boolean> {
  if (!(await isDue(env, system, name))) return true
  try {
    await importOne(env, system.id, name)
    return true
  } catch (error) {
    env.log.warn(
      { issuanceSystem: system.id, report: name, err: error },
      'history not imported; will try again',
    )
    // What was claimed is given back; of what was never imported there is nothing yet.
    await makeImportDue(env.db, { issuance_system: system.id, name })
    return false
  }
}

/** When each gateway looks again: the question is asked often. */
const nextLooks = new WeakMap<Environment, number>()
const LOOK_EVERY_MS = 10 * 60_000
const RETRY_AFTER_MS = 5_000

/**
 * Does nothing for what was imported lately.
 * @returns milliseconds until what could not be read now is tried again, if anything could not
 */
export async function importHistory(env: Environment): Promise<number | undefined> {
  if (env.elapsedMs() < (nextLooks.get(env) ?? -Infinity)) return undefined
  let isComplete = true
  for (const system of env.config.issuanceSystems) {
    if (!env.issuanceSystem(system.id).worksByItself) continue
    const isOpen = maintenanceMs(system, env.now()) === 0
    for (const name of ['server', 'client'] as const)
      if (!isOpen || !(await importIfDue(env, system, name))) isComplete = false
  }
  nextLooks.set(env, env.elapsedMs() + (isComplete ? LOOK_EVERY_MS : RETRY_AFTER_MS))
  return isComplete ? undefined : RETRY_AFTER_MS
}
