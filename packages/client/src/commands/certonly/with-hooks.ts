/** Obtaining with the administrator's hooks around it; the options that renewals repeat are kept. */
import { dirname } from 'node:path'
import { chooseDirectories } from '../../keystore/directories.js'
import { deployVariables, runHooks } from '../../renewal/hooks.js'
import { savedOptions, updateRenewalConfig } from '../../renewal/renewal-config.js'
import type { Context } from '../command-spec.js'
import type { HookOptions } from '../hook-options.js'
import { obtainCertificate, type Obtained } from './obtain.js'
import type { CertonlyOptions } from './request.js'

export async function obtainWithHooks(
  options: CertonlyOptions & HookOptions,
  context: Context,
): Promise<Obtained> {
  const { configDir, workDir, logsDir, preHook, postHook, deployHook } = options
  const directories = chooseDirectories({ config: configDir, work: workDir, logs: logsDir })
  const hooks = { directories, reporter: context.reporter }
  const begun: boolean[] = []
  try {
    const obtained = await obtainCertificate(options, context, async () => {
      begun.push(true)
      await runHooks('pre', [preHook], {}, hooks)
    })
    const { lineage, outcome } = obtained
    await updateRenewalConfig(directories, lineage.name, savedOptions(options))
    if (outcome === 'issued')
      await runHooks(
        'deploy',
        [deployHook],
        deployVariables(dirname(lineage.paths.cert), lineage.names),
        hooks,
      )
    return obtained
  } finally {
    if (begun.length > 0) await runHooks('post', [postHook], {}, hooks)
  }
}
