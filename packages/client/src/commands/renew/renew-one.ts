/** One certificate's renewal: order, install, deploy-hook. */
import { dirname } from 'node:path'
import { installRenewed, installLineage, readTlsWishes } from '../../installers/install-lineage.js'
import { openInstaller } from '../../installers/open-installer.js'
import type { Directories } from '../../keystore/directories.js'
import { liveVersion, pointLive } from '../../keystore/live-links.js'
import { mustReadLineage, type Lineage } from '../../keystore/lineages.js'
import { noFailure, updateState } from '../../renewal/deployment-state.js'
import { deployVariables, runHooks } from '../../renewal/hooks.js'
import { Failure } from '../../terminal/failure.js'
import { rehearseOrder } from '../certonly/rehearse.js'
import { writeP12 } from '../certonly/write-p12.js'
import { openKeyTo } from '../../keystore/key-access.js'
import { beginOrder, obtainCertificate } from '../certonly/obtain.js'
import type { CertonlyOptions } from '../certonly/request.js'
import type { Context } from '../command-spec.js'
import { confirmDeployed, confirmSeen } from './confirm-seen.js'
import type { RenewOptions } from './options.js'
import type { Task } from './select.js'
import type { TimeLeft } from './time-left.js'

export async function renewOne(
  directories: Directories,
  { lineage, parameters, state, action }: Task,
  { deployHook, timeLeft }: Pick<RenewOptions, 'deployHook'> & { timeLeft: TimeLeft },
  context: Context,
): Promise<'renewed' | 'installed'> {
  const { name } = lineage
  const installer = openInstaller(parameters)
  // A broken server is found before anything is ordered.
  await installer?.test()
  const previous = await liveVersion(directories, name)
  if (action === 'order') await order(directories, { lineage, parameters }, context, timeLeft)
  else if (state.waiting !== undefined) await pointLive(directories, name, state.waiting)
  const renewed = await mustReadLineage(directories, name)
  const { reporter } = context
  // An earlier run may have been cut short after the certificate was in place.
  if (action === 'install') await openKeyTo(directories, name, parameters, reporter)
  if (installer)
    await installRenewed(
      installer,
      renewed,
      { previous, wishes: readTlsWishes(parameters) },
      { directories, reporter, now: context.now() },
    )
  await updateState(directories, name, { ...noFailure, advice: undefined })
  if (installer) await confirmSeen(directories, name, parameters, context)
  if (action === 'install') await writeP12(renewed, parameters, { ...context, prompter: undefined })
  await deployed(directories, renewed, parameters.deployHook ?? deployHook, context)
  await updateState(directories, name, { undelivered: undefined })
  if (!installer) await confirmDeployed(directories, renewed, parameters, context)
  return action === 'order' ? 'renewed' : 'installed'
}

/** Places the order alone; `renewOne` goes on with it. */
export async function orderOne(
  directories: Directories,
  { lineage, parameters }: Task,
  context: Context,
): Promise<void> {
  await openInstaller(parameters)?.test()
  const silent = { ...context, prompter: undefined }
  await beginOrder({ ...orderOptions(directories, lineage, parameters), timeout: 0, wait: false }, silent)
}

function order(
  directories: Directories,
  { lineage, parameters }: Pick<Task, 'lineage' | 'parameters'>,
  context: Context,
  timeLeft: TimeLeft,
) {
  // A renewal never asks, as with certbot.
  const silent = { ...context, prompter: undefined }
  return obtainCertificate({ ...orderOptions(directories, lineage, parameters), ...timeLeft() }, silent)
}

/** Everything that was given when it was first obtained holds for renewals too. */
function orderOptions(
  { config, work, logs }: Directories,
  lineage: Lineage,
  { server, account, ...given }: Task['parameters'],
): Omit<CertonlyOptions, keyof ReturnType<TimeLeft>> {
  const places = { configDir: config, workDir: work, logsDir: logs }
  const wishes = { domains: lineage.names, certName: lineage.name, forceRenewal: true }
  // The server was allowed when the certificate was first obtained.
  const whom = { server, account, allowHttp: true }
  return { ...(given as object), ...places, ...wishes, ...whom }
}

async function deployed(
  directories: Directories,
  { paths, names }: Lineage,
  hook: string | undefined,
  { reporter }: Context,
): Promise<void> {
  const good = await runHooks('deploy', [hook], deployVariables(dirname(paths.cert), names), {
    directories,
    reporter,
  })
  if (good) return
  throw new Failure('failed', {
    en: 'The certificate is renewed, but a deploy-hook failed. Repair it; the next renew runs it again.',
    ja: '証明書は更新しましたが、deploy-hook が失敗しました。修正してください。次の renew でもう一度実行されます。',
  })
}

/** `--dry-run`: would the server take it? */
export async function rehearse(
  directories: Directories,
  { lineage, parameters, action }: Task,
  context: Context,
): Promise<'planned'> {
  const { reporter, now } = context
  const { server, account, ...given } = parameters
  const places = { configDir: directories.config, workDir: directories.work, logsDir: directories.logs }
  const whom = { server, account, allowHttp: true, domains: lineage.names, certName: lineage.name }
  if (action === 'order')
    await rehearseOrder(
      { ...given, ...places, ...whom, timeout: 0, wait: true },
      { ...context, prompter: undefined },
    )
  const installer = openInstaller(parameters)
  if (installer)
    await installLineage(installer, lineage, readTlsWishes(parameters), {
      directories,
      reporter,
      now: now(),
      dryRun: true,
    })
  return 'planned'
}
