/** `rollback`: puts the copies of the last changes back. */
import type { Installer } from '../../installers/contract.js'
import { putBack } from '../../installers/deploy.js'
import { openInstaller } from '../../installers/open-installer.js'
import { changedSince, listEntries, markEntry, type Entry } from '../../journal/journal.js'
import { chooseDirectories, paths, prepareDirectories } from '../../keystore/directories.js'
import { acquireLock } from '../../keystore/lock.js'
import { readRenewalConfig } from '../../renewal/renewal-config.js'
import { Failure, type Outcome } from '../../terminal/failure.js'
import type { Context } from '../command-spec.js'
import { parseCount, type RollbackOptions } from './options.js'

export async function runRollback(options: RollbackOptions, context: Context): Promise<Outcome> {
  const { configDir, workDir, logsDir } = options
  const directories = chooseDirectories({ config: configDir, work: workDir, logs: logsDir })
  await prepareDirectories(directories)
  const count = options.operands === undefined ? options.checkpoints : parseCount(options.operands)
  const lock = await acquireLock(paths.lock(directories, 'installers'))
  try {
    const entries = (await listEntries(directories)).filter(({ state }) => state !== 'undone').reverse()
    const chosen = entries.slice(0, count)
    if (chosen.length < count) throw tooFew(chosen.length)
    for (const entry of chosen) {
      const saved = await readRenewalConfig(directories, entry.certName).catch(() => undefined)
      const installer = openInstaller({ ...saved, ...options, installer: entry.installer })
      await undo(installer, entry, options.force === true)
      await reload(installer, context)
    }
    report(chosen, context)
  } finally {
    lock.release()
  }
  return 'done'
}

async function undo(installer: Installer | undefined, entry: Entry, force: boolean): Promise<void> {
  // What is half written belongs to nobody else.
  const changed = force || entry.state === 'open' ? [] : await changedSince(entry)
  if (changed.length > 0) throw changedByOthers(entry, changed)
  // Whoever finds this run killed goes on, and does not take what it put back for changes of others.
  await markEntry(entry, 'open')
  await putBack(installer, entry)
}

/** The files are back already; a server that cannot use them goes on with what it has in memory. */
async function reload(installer: Installer | undefined, { reporter }: Context): Promise<void> {
  try {
    await installer?.test()
    if (await installer?.isRunning()) await installer?.activate()
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    reporter.warn({
      en: `The files are back, but the server was not reloaded: ${error.text.en}`,
      ja: `ファイルは元に戻しましたが、サーバは再読み込みしていません: ${error.text.ja}`,
    })
  }
}

function report(entries: readonly Entry[], { reporter }: Context): void {
  const files = entries.flatMap((entry) => entry.paths.map(({ path }) => path))
  const list = files.map((file) => `\n  ${file}`).join('')
  const text = {
    en: `${entries.length} change(s) undone; these files are as before:${list}`,
    ja: `${entries.length} 件の変更を元に戻しました。元どおりになったファイル:${list}`,
  }
  reporter.result(text, { outcome: 'done', undone: entries.map(({ number }) => number), files })
}

const tooFew = (count: number) =>
  new Failure('usage', {
    en: `There are only ${count} changes to undo.`,
    ja: `元に戻せる変更は ${count} 件だけです。`,
  })

const changedByOthers = ({ number, folder }: Entry, files: readonly string[]) =>
  new Failure('failed', {
    en: `Somebody changed ${files.join(', ')} after change ${number}; undoing would lose that. Nothing was done for it. Compare with the copies in ${folder}, or give --force.`,
    ja: `変更 ${number} の後に ${files.join(', ')} が変更されています。戻すとその変更が失われるため、行っていません。${folder} の控えと比べるか、--force を付けてください。`,
  })
