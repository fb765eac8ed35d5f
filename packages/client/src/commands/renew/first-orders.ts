/** Orders under way for certificates that are not there yet: `renew` goes on with them, and installs what `run` began. */
import { installLineage, readTlsWishes } from '../../installers/install-lineage.js'
import { openInstaller } from '../../installers/open-installer.js'
import type { Directories } from '../../keystore/directories.js'
import { listOrders, type OrderSummary } from '../../keystore/order-summaries.js'
import { updateState } from '../../renewal/deployment-state.js'
import { deployVariables, runHooks } from '../../renewal/hooks.js'
import { readRenewalConfig } from '../../renewal/renewal-config.js'
import { dirname } from 'node:path'
import { obtainCertificate } from '../certonly/obtain.js'
import type { Context } from '../command-spec.js'
import { confirmSeen } from './confirm-seen.js'
import type { TimeLeft } from './time-left.js'

/** Orders for CSRs of foreign keys are not ours to finish: where their files go is known to the caller alone. */
export async function listFirstOrders(
  directories: Directories,
  known: ReadonlySet<string>,
  certName: string | undefined,
): Promise<OrderSummary[]> {
  const orders = await listOrders(directories)
  return orders.filter(
    ({ name }) =>
      !known.has(name) && !/^csr-[0-9a-f]{32}$/.test(name) && (certName === undefined || name === certName),
  )
}

export async function finishFirstOrder(
  directories: Directories,
  { name }: OrderSummary,
  context: Context,
  timeLeft: TimeLeft,
): Promise<void> {
  const places = { configDir: directories.config, workDir: directories.work, logsDir: directories.logs }
  const { reporter, now } = context
  const { lineage } = await obtainCertificate(
    { ...places, certName: name, ...timeLeft() },
    { ...context, prompter: undefined },
  )
  const parameters = await readRenewalConfig(directories, name)
  const installer = openInstaller(parameters ?? {})
  if (installer)
    await installLineage(installer, lineage, readTlsWishes(parameters ?? {}), {
      directories,
      reporter,
      now: now(),
    })
  await confirmSeen(directories, name, parameters, context)
  const variables = deployVariables(dirname(lineage.paths.cert), lineage.names)
  await runHooks('deploy', [parameters?.deployHook], variables, { directories, reporter })
  await updateState(directories, name, { undelivered: undefined })
}
