/** Places that an administrator names for copies of ours: a regular file, or none yet, in a folder that is there. */
import { stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { Failure } from '../terminal/failure.js'
import { printable } from '../terminal/printable.js'

/**
 * Asked before anything is ordered. Files are renamed into place, which would put one over a device:
 * root would lose `/dev/null`.
 *
 * @param option which one it was given by
 * @throws Failure (usage) for a folder, a device, whatever lies in /dev or /proc, and where no folder is
 */
export async function checkOutputPath(path: string | undefined, option: string): Promise<void> {
  if (path === undefined) return
  await checkReplaceable(path, option)
  const folder = dirname(resolve(path))
  const found = await stat(folder).catch(() => undefined)
  if (!found?.isDirectory()) throw withoutFolder(path, folder, option)
}

/** The same, where the folder is made. @throws Failure (usage) */
export async function checkReplaceable(path: string, option: string): Promise<void> {
  const found = await stat(path).catch(() => undefined)
  const isSpecial = found !== undefined && !found.isFile()
  if (isSpecial || /^\/(dev|proc)\//.test(resolve(path))) throw notAFile(path, option)
}

const notAFile = (path: string, option: string) =>
  new Failure('usage', {
    en: `${option} ${printable(path, 200)} is no regular file and cannot be replaced by one. Name a file, such as one in a folder of your own.`,
    ja: `${option} ${printable(path, 200)} は通常のファイルではなく、置き換えられません。自分のフォルダの中などのファイル名を指定してください。`,
  })

const withoutFolder = (path: string, folder: string, option: string) =>
  new Failure('usage', {
    en: `${option} ${printable(path, 200)}: there is no folder ${printable(folder, 200)}. Make it, or name another place.`,
    ja: `${option} ${printable(path, 200)}: フォルダ ${printable(folder, 200)} がありません。作成するか、別の場所を指定してください。`,
  })
