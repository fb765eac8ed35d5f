/** One certificate's renewal: order, deploy-hook, install. */
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
import { obtainCertificate } from '../certonly/obtain.js'
import type { Context } from '../command-spec.js'
import { confirmSeen } from './confirm-seen.js'
import type { RenewOptions } from './options.js'
import type { Task } from './select.js'

export async function renewOne(
  directories: Directories,
  { lineage, parameters, state, action }: Task,
  options: RenewOptions,
  context: Context,
): Promise<'renewed' | 'installed'> {
  const { name } = lineage
  const installer = openInstaller(parameters)
  // A broken server is found before anything is ordered.
  await installer?.test()
  const previous = await liveVersion(directories, name)
  if (action === 'order') await order(directories, { lineage, parameters }, options, context)
  else if (state.waiting !== undefined) await pointLive(directories, name, state.waiting)
  const renewed = await mustReadLineage(directories, name)
  const { reporter } = context
  if (installer)
    await installRenewed(
      installer,
      renewed,
      { previous, wishes: readTlsWishes(parameters) },
      { directories, reporter, now: context.now() },
    )
  await updateState(directories, name, { ...noFailure, advice: undefined })
  await confirmSeen(directories, name, parameters, context)
  await deployed(directories, renewed, parameters.deployHook ?? options.deployHook, context)
  return action === 'order' ? 'renewed' : 'installed'
}

function order(
  directories: Directories,
  { lineage, parameters }: Pick<Task, 'lineage' | 'parameters'>,
  { timeout }: RenewOptions,
  context: Context,
) {
  // Everything else that was given when it was first obtained holds for renewals too.
  const { server, account, ...given } = parameters
  const places = { configDir: directories.config, workDir: directories.work, logsDir: directories.logs }
  const wishes = { domains: lineage.names, certName: lineage.name }
  // The server was allowed when the certificate was first obtained.
  const whom = { server, account, allowHttp: true }
  return obtainCertificate(
    { ...given, ...places, ...wishes, ...whom, forceRenewal: true, timeout, wait: true },
    // A renewal never asks, as with certbot.
    { ...context, prompter: undefined },
  )
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
    en: 'The certificate is renewed, but a deploy-hook failed.',
    ja: '証明書は更新しましたが、deploy-hook が失敗しました。',
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
