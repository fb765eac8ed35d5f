/** `run`: certonly and install, one after the other. */
import { installLineage } from '../../installers/install-lineage.js'
import { mustOpenInstaller } from '../../installers/open-installer.js'
import { chooseDirectories } from '../../keystore/directories.js'
import { readRenewalConfig, savedOptions, updateRenewalConfig } from '../../renewal/renewal-config.js'
import type { Outcome } from '../../terminal/failure.js'
import type { CertonlyOptions } from '../certonly/request.js'
import { obtainWithHooks } from '../certonly/with-hooks.js'
import { reportRehearsal } from '../certonly/result.js'
import { confirmSeen } from '../renew/confirm-seen.js'
import type { Context } from '../command-spec.js'
import type { HookOptions } from '../hook-options.js'
import { reportInstalled } from '../install/run.js'
import { chooseInstaller, type InstallOptions } from '../installer-options.js'

export type RunOptions = CertonlyOptions & InstallOptions & HookOptions

export async function runRun(given: RunOptions, context: Context): Promise<Outcome> {
  const options = chooseInstaller(given)
  const { configDir, workDir, logsDir } = options
  const directories = chooseDirectories({ config: configDir, work: workDir, logs: logsDir })
  const installer = mustOpenInstaller(options)
  await installer.test()
  if (options.dryRun) {
    const { rehearseOrder } = await import('../certonly/rehearse.js')
    const rehearsal = await rehearseOrder(options, context)
    const servers = await installer.findServers(rehearsal.names)
    reportRehearsal(context.reporter, rehearsal)
    for (const { place, names } of servers)
      context.reporter.say({
        en: `would install in ${place} (${names.join(' ')})`,
        ja: `設置先: ${place} (${names.join(' ')})`,
      })
    return 'done'
  }
  const { lineage } = await obtainWithHooks(options, context)
  // Before the server is touched: whatever happens there, renewals go on trying.
  await updateRenewalConfig(directories, lineage.name, savedOptions(options))
  const { reporter } = context
  const deployed = await installLineage(installer, lineage, options, {
    directories,
    reporter,
    now: context.now(),
  })
  reportInstalled(reporter, lineage, deployed)
  await confirmSeen(directories, lineage.name, await readRenewalConfig(directories, lineage.name), context)
  return 'done'
}
