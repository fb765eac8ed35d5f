/** What lies at a path, exactly: bytes, mode and owner of a file, target of a link, or nothing. */
import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { chown, lstat, open, readFile, readlink, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { linkAtomic, syncDirectory } from '../keystore/atomic-file.js'

export interface FileSnapshot {
  kind: 'file'
  content: Buffer
  /** Permission bits. */
  mode: number
  uid: number
  gid: number
}

export type Snapshot = FileSnapshot | { kind: 'link'; target: string } | { kind: 'absent' }

export async function takeSnapshot(path: string): Promise<Snapshot> {
  const stats = await lstat(path).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  })
  if (!stats) return { kind: 'absent' }
  if (stats.isSymbolicLink()) return { kind: 'link', target: await readlink(path) }
  const { uid, gid, mode } = stats
  return { kind: 'file', content: await readFile(path), mode: mode & 0o7777, uid, gid }
}

/** Makes the path hold what the snapshot says; whoever opens it meanwhile gets the old state or the new. */
export async function putSnapshot(path: string, snapshot: Snapshot): Promise<void> {
  if (snapshot.kind === 'link') return linkAtomic(snapshot.target, path)
  if (snapshot.kind === 'file') return putFile(path, snapshot)
  await rm(path, { force: true })
  await syncDirectory(dirname(path))
}

async function putFile(path: string, { content, mode, uid, gid }: FileSnapshot): Promise<void> {
  const temporary = `${path}.${process.pid}.upki-tmp`
  try {
    await rm(temporary, { force: true })
    await writeWhole(temporary, content, mode)
    await takeOwner(temporary, uid, gid)
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
  await syncDirectory(dirname(path))
}

async function writeWhole(path: string, content: Buffer, mode: number): Promise<void> {
  const file = await open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, mode & 0o600)
  try {
    await file.writeFile(content)
    // The umask took its part from the mode above.
    await file.chmod(mode)
    await file.sync()
  } finally {
    await file.close()
  }
}

async function takeOwner(path: string, uid: number, gid: number): Promise<void> {
  if (process.getuid?.() === uid && process.getgid?.() === gid) return
  if (process.platform !== 'win32') await chown(path, uid, gid)
}

/** Hash over everything a snapshot holds, to tell whether somebody changed the path since. */
export function digest(snapshot: Snapshot): string {
  const hash = createHash('sha256').update(snapshot.kind)
  if (snapshot.kind === 'link') hash.update(snapshot.target)
  if (snapshot.kind === 'file') hash.update(snapshot.content)
  return hash.digest('hex')
}
