/** `run`: certonly and install, one after the other. */
import { installLineage } from '../../installers/install-lineage.js'
import { mustOpenInstaller } from '../../installers/open-installer.js'
import { chooseDirectories } from '../../keystore/directories.js'
import { savedOptions, updateRenewalConfig } from '../../renewal/renewal-config.js'
import type { Outcome } from '../../terminal/failure.js'
import type { CertonlyOptions } from '../certonly/request.js'
import { obtainWithHooks } from '../certonly/with-hooks.js'
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
  const { lineage } = await obtainWithHooks(options, context)
  // Before the server is touched: whatever happens there, renewals go on trying.
  await updateRenewalConfig(directories, lineage.name, savedOptions(options))
  const { reporter } = context
  reportInstalled(
    reporter,
    lineage,
    await installLineage(installer, lineage, options, { directories, reporter, now: context.now() }),
  )
  return 'done'
}
