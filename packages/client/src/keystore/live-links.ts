/**
 * Which version of a certificate is live.
 *
 * `live/NAME` is a link to `versions/NAME.N`, which holds the four links into the
 * archive. So one rename moves key and certificate together: a server that starts
 * at any moment, also after a power cut, finds a pair that fits. Links moved one
 * by one would leave a new key beside an old certificate in between, with which
 * neither nginx nor Apache starts.
 */
import { lstat, readlink, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { linkAtomic, makePrivateDirectory, publicMode, writeFileAtomic } from './atomic-file.js'
import { paths, type Directories } from './directories.js'
import { listNames, readOptional } from './read-optional.js'
import { lineageReadme, liveReadme } from './readme.js'

export const parts = ['privkey', 'cert', 'chain', 'fullchain'] as const

/** Makes a version of the archive the live one. */
export async function pointLive(directories: Directories, name: string, number: number): Promise<void> {
  const live = paths.live(directories, name)
  await makePrivateDirectory(join(directories.config, 'live'))
  await explainLive(join(directories.config, 'live', 'README'))
  if (process.platform === 'win32' || (await isFolder(live))) return fill(live, name, number)
  await fill(paths.version(directories, name, number), name, number)
  await linkAtomic(join('..', 'versions', `${name}.${number}`), live)
  await removeVersions(directories, name, number)
}

/** Once for all certificates, some of which may be made at the same time. */
async function explainLive(readme: string): Promise<void> {
  if ((await readOptional(readme)) !== liveReadme) await writeFileAtomic(readme, liveReadme, publicMode)
}

/**
 * A folder of links that no other program takes for the new one before it is
 * whole. A `live/NAME` that is a folder itself, as certbot makes it, and
 * Windows, which replaces no link to a folder, get their links one by one.
 */
async function fill(folder: string, name: string, number: number): Promise<void> {
  await makePrivateDirectory(folder)
  await writeFileAtomic(join(folder, 'README'), lineageReadme, publicMode)
  for (const part of parts)
    await linkAtomic(`../../archive/${name}/${part}${number}.pem`, join(folder, `${part}.pem`))
}

const isFolder = async (path: string) => (await lstat(path).catch(() => undefined))?.isDirectory() ?? false

/** Number of the version that is live; undefined when the links were made by somebody else. */
export async function liveVersion(directories: Directories, name: string): Promise<number | undefined> {
  const target = await readlink(join(paths.live(directories, name), 'cert.pem')).catch(() => '')
  const number = /cert(\d+)\.pem$/.exec(target)?.[1]
  return number === undefined ? undefined : Number(number)
}

/** Takes the link folders of a certificate away, but for one. */
export async function removeVersions(directories: Directories, name: string, kept?: number): Promise<void> {
  const folder = join(directories.config, 'versions')
  for (const entry of await listNames(folder)) {
    const number = entry.startsWith(`${name}.`) ? entry.slice(name.length + 1) : ''
    if (/^\d+$/.test(number) && Number(number) !== kept)
      await rm(join(folder, entry), { recursive: true, force: true })
  }
}
