/** Writing so that a crash leaves the old content or the new, never a part: temporary file, fsync, rename, fsync. */
import { constants } from 'node:fs'
import { mkdir, open, rename, rm, symlink } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Only its owner reads it; the mode is there from creation. */
export const secretMode = 0o600
export const publicMode = 0o644
const directoryMode = 0o700

/** @throws the system's error with `path`: that of a full disk comes without one */
export async function writeFileAtomic(
  path: string,
  content: string | Uint8Array,
  mode: number,
): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`
  await rm(temporary, { force: true })
  try {
    await writeDurable(temporary, content, mode)
    await rename(temporary, path)
  } catch (error) {
    // The part that did fit takes room that is needed.
    await rm(temporary, { force: true }).catch(() => undefined)
    throw Object.assign(error as NodeJS.ErrnoException, { path })
  }
  await syncDirectory(dirname(path))
}

/** Points a symbolic link elsewhere; whoever opens it gets the old target or the new. */
export async function linkAtomic(target: string, path: string): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`
  await rm(temporary, { force: true })
  await symlink(target, temporary)
  await rename(temporary, path)
  await syncDirectory(dirname(path))
}

/** Makes a directory that only its owner enters; existing ones are left as they are. */
export async function makePrivateDirectory(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true, mode: directoryMode })
  if (first) await syncDirectory(dirname(first))
}

async function writeDurable(path: string, content: string | Uint8Array, mode: number): Promise<void> {
  const file = await open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, mode)
  try {
    await file.writeFile(content)
    // The umask took its part from the mode at creation, and services read what is public. Not every file system has modes.
    if (mode === publicMode) await file.chmod(mode).catch(() => undefined)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** A rename survives a power cut once its directory is written. Windows has no such call. */
export async function syncDirectory(path: string): Promise<void> {
  if (process.platform === 'win32') return
  const directory = await open(path, constants.O_RDONLY)
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}
