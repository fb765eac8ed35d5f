/** `delete`: the renewal configuration first, so that no renewal brings back what is half gone; the keys last. */
import { rm } from 'node:fs/promises'
import type { Bilingual } from '@upki-gateway/shared/problem'
import { chooseDirectories, paths, prepareDirectories, type Directories } from '../../keystore/directories.js'
import { DamagedLineage, mustReadLineage } from '../../keystore/lineages.js'
import { removeVersions } from '../../keystore/live-links.js'
import { acquireLock } from '../../keystore/lock.js'
import { readRenewalConfig } from '../../renewal/renewal-config.js'
import { Failure, type Outcome } from '../../terminal/failure.js'
import { chooseCertName } from '../choose-lineage.js'
import type { CommonOptions, Context } from '../command-spec.js'
import { makeSure } from '../make-sure.js'

export interface DeleteOptions extends CommonOptions {
  certName?: string
  force?: boolean
}

export async function runDelete(options: DeleteOptions, context: Context): Promise<Outcome> {
  const { configDir, workDir, logsDir } = options
  const directories = chooseDirectories({ config: configDir, work: workDir, logs: logsDir })
  await prepareDirectories(directories)
  const name = await chooseCertName(directories, options, context)
  if (!options.force) await makeSure(context, deletesAll(name), kept)
  const lock = await acquireLock(paths.lock(directories, name))
  try {
    await mustExist(directories, name)
    const installer = (await readRenewalConfig(directories, name))?.installer
    if (installer && installer !== 'none' && !options.force) throw inUse(name, installer)
    for (const place of ['renewal', 'state', 'live', 'archive'] as const)
      await rm(paths[place](directories, name), { recursive: true, force: true })
    await removeVersions(directories, name)
  } finally {
    lock.release()
  }
  context.reporter.result(
    { en: `${name} is deleted.`, ja: `${name} を削除しました。` },
    { outcome: 'done', name },
  )
  return 'done'
}

/** What is damaged can be deleted too. @throws Failure when there is none */
async function mustExist(directories: Directories, name: string): Promise<void> {
  try {
    await mustReadLineage(directories, name)
  } catch (error) {
    if (!(error instanceof DamagedLineage)) throw error
  }
}

const deletesAll = (name: string): Bilingual => ({
  en: `The certificate ${name} is selected for deletion, with all its versions and keys. WARNING: check that no server is configured with it.\n\nAre you sure you want to delete it?`,
  ja: `証明書 ${name} を、すべての版と鍵ごと削除します。警告: これを使うように設定されたサーバがないことを確かめてください。\n\n削除してよろしいですか?`,
})

const kept: Bilingual = { en: 'Nothing was deleted.', ja: '何も削除していません。' }

const inUse = (name: string, installer: string) =>
  new Failure('failed', {
    en: `${name} is installed in ${installer}, which would not start again without its files. Take it out of the configuration ("upki-client rollback"), then delete with --force.`,
    ja: `${name} は ${installer} に設置されており、ファイルがなくなると起動できません。設定から外し ("upki-client rollback")、--force を付けて削除してください。`,
  })
