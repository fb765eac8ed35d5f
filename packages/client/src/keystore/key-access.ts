/**
 * Who may read a certificate's key beside us: `--key-owner` and `--key-mode`, or, on
 * a renewal, whoever could read the one before. The key itself is made 0600; the
 * folders above it become passable (0711), never listable.
 */
import { chmod, chown, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Reporter } from '../terminal/reporter.js'
import { paths, type Directories } from './directories.js'
import { liveVersion } from './live-links.js'
import { ownUser, readOwner, type Owner } from './owner.js'

export interface KeyAccess {
  keyOwner?: string
  /** Octal. */
  keyMode?: string
}

const passable = 0o711

/** A key that cannot be given away is still there: that is a warning. */
export async function openKeyTo(
  directories: Directories,
  name: string,
  wish: KeyAccess,
  reporter: Reporter,
): Promise<void> {
  const version = await liveVersion(directories, name)
  if (version === undefined || process.platform === 'win32') return
  const archive = paths.archive(directories, name)
  const access = await wanted(wish, join(archive, `privkey${version - 1}.pem`))
  if (!access) return
  const key = join(archive, `privkey${version}.pem`)
  try {
    await chown(key, access.uid, access.gid)
    await chmod(key, access.mode)
    for (const folder of foldersAbove(directories, name)) await makePassable(folder)
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    reporter.warn({
      en: `The key is there, but it could not be given to its service (${code}, ${key}). Run as root, or change its owner yourself.`,
      ja: `鍵はできましたが、所有者やモードを変更できません (${code}, ${key})。root で実行するか、手動で変更してください。`,
    })
  }
}

async function wanted(
  { keyOwner, keyMode }: KeyAccess,
  previousKey: string,
): Promise<(Owner & { mode: number }) | undefined> {
  const own = ownUser()
  const mode = keyMode === undefined ? undefined : parseInt(keyMode, 8)
  if (keyOwner !== undefined) return { ...readOwner(keyOwner, '--key-owner'), mode: mode ?? 0o640 }
  if (mode !== undefined) return { ...own, mode }
  const before = await stat(previousKey).catch(() => undefined)
  if (!before) return undefined
  const kept = before.mode & 0o777
  const isOurs = before.uid === own.uid && before.gid === own.gid && kept === 0o600
  return isOurs ? undefined : { uid: before.uid, gid: before.gid, mode: kept & 0o660 || 0o600 }
}

const foldersAbove = (directories: Directories, name: string) => [
  directories.config,
  ...['live', 'archive', 'versions'].map((folder) => join(directories.config, folder)),
  ...[paths.live(directories, name), paths.archive(directories, name)],
]

/** Not every system has all of them. */
const makePassable = (folder: string) =>
  chmod(folder, passable).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  })
