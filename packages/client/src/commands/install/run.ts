/** `install`: a certificate that is on disk, into a server. */
import { installLineage } from '../../installers/install-lineage.js'
import { mustOpenInstaller } from '../../installers/open-installer.js'
import type { Deployed } from '../../installers/deploy.js'
import { chooseDirectories, prepareDirectories } from '../../keystore/directories.js'
import { mustReadLineage, type Lineage } from '../../keystore/lineages.js'
import { readRenewalConfig, savedOptions, updateRenewalConfig } from '../../renewal/renewal-config.js'
import type { Outcome } from '../../terminal/failure.js'
import type { Reporter } from '../../terminal/reporter.js'
import { chooseCertName } from '../choose-lineage.js'
import type { CommonOptions, Context } from '../command-spec.js'
import { confirmSeen } from '../renew/confirm-seen.js'
import { chooseInstaller, type InstallOptions } from '../installer-options.js'

export interface InstallCommandOptions extends CommonOptions, InstallOptions {
  certName?: string
  dryRun?: boolean
}

export async function runInstall(given: InstallCommandOptions, context: Context): Promise<Outcome> {
  const options = chooseInstaller(given)
  const { configDir, workDir, logsDir, dryRun } = options
  const directories = chooseDirectories({ config: configDir, work: workDir, logs: logsDir })
  await prepareDirectories(directories)
  const installer = mustOpenInstaller(options)
  const { certName } = options
  const name = await chooseCertName(directories, { certName, takesOnlyOne: true }, context)
  const lineage = await mustReadLineage(directories, name)
  const { reporter } = context
  const deployed = await installLineage(installer, lineage, options, {
    directories,
    reporter,
    now: context.now(),
    dryRun,
  })
  if (!dryRun) await updateRenewalConfig(directories, lineage.name, savedOptions(options))
  reportInstalled(reporter, lineage, deployed)
  if (!dryRun)
    await confirmSeen(directories, lineage.name, await readRenewalConfig(directories, lineage.name), context)
  return 'done'
}

export function reportInstalled(
  reporter: Reporter,
  lineage: Lineage,
  { state, servers, entry }: Deployed,
): void {
  const list = servers.map(({ place, names }) => `\n  ${place}  ${names.join(' ')}`).join('')
  const undo = entry === undefined ? { en: '', ja: '' } : undoText
  const texts = {
    seen: {
      en: `${lineage.name} is installed and seen on the wire.${list}${undo.en}`,
      ja: `${lineage.name} を設置し、TLS 接続で確認しました。${list}${undo.ja}`,
    },
    installed: {
      en: `${lineage.name} is installed; it was not seen on the wire.${list}${undo.en}`,
      ja: `${lineage.name} を設置しました。TLS 接続では確認していません。${list}${undo.ja}`,
    },
    planned: {
      en: `${lineage.name} would be installed here; nothing was written.${list}`,
      ja: `${lineage.name} の設置先は次のとおりです。何も書き込んでいません。${list}`,
    },
  }
  reporter.result(texts[state], { outcome: state, entry, servers, ...lineage })
}

const undoText = {
  en: '\n"upki-client rollback" undoes it.',
  ja: '\n"upki-client rollback" で元に戻せます。',
}
