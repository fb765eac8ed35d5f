/** `reconfigure`: other settings for the renewals of one certificate, tried before they are kept. */
import { chooseDirectories, paths, prepareDirectories } from '../../keystore/directories.js'
import { mustReadLineage } from '../../keystore/lineages.js'
import { acquireLock } from '../../keystore/lock.js'
import { readState } from '../../renewal/deployment-state.js'
import { readRenewalConfig, savedOptions, writeRenewalConfig } from '../../renewal/renewal-config.js'
import { Failure, type Outcome } from '../../terminal/failure.js'
import { chooseAuthenticator, type ProvingOptions } from '../challenge-options.js'
import { chooseCertName } from '../choose-lineage.js'
import type { CommonOptions, Context } from '../command-spec.js'
import type { HookOptions } from '../hook-options.js'
import { chooseInstaller, type InstallOptions } from '../installer-options.js'
import { rehearse } from '../renew/renew-one.js'

export interface ReconfigureOptions extends CommonOptions, ProvingOptions, InstallOptions, HookOptions {
  certName?: string
}

export async function runReconfigure(options: ReconfigureOptions, context: Context): Promise<Outcome> {
  const { configDir, workDir, logsDir } = options
  const directories = chooseDirectories({ config: configDir, work: workDir, logs: logsDir })
  await prepareDirectories(directories)
  const wish = { certName: options.certName, takesOnlyOne: true }
  const certName = await chooseCertName(directories, wish, context)
  const lineage = await mustReadLineage(directories, certName)
  const before = await readRenewalConfig(directories, certName)
  if (!before) throw unmanaged(certName)
  const chosen = chooseInstaller(chooseAuthenticator({ ...options, domains: lineage.names }))
  const parameters = { ...before, ...savedOptions(chosen) }
  const lock = await acquireLock(paths.lock(directories, certName))
  try {
    const state = await readState(directories, certName)
    await rehearse(directories, { lineage, parameters, state, action: 'order' }, context)
    await writeRenewalConfig(directories, certName, parameters)
  } finally {
    lock.release()
  }
  context.reporter.result(
    {
      en: `${certName}: the new settings work and are kept in ${paths.renewal(directories, certName)}.`,
      ja: `${certName}: 新しい設定を確認し、${paths.renewal(directories, certName)} に保存しました。`,
    },
    { outcome: 'done', name: certName, settings: parameters },
  )
  return 'done'
}

const unmanaged = (name: string) =>
  new Failure('failed', {
    en: `${name} has no renewal configuration; obtain it once more with certonly.`,
    ja: `${name} の更新設定がありません。certonly でもう一度取得してください。`,
  })
