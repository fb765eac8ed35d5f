/**
 * A lock held by a running process.
 *
 * The file names its holder by process id and, where /proc tells it, start time: a
 * lock left by kill -9 is seen as stale at once, even when the id was given out again.
 * A lock that lives by time stamps would make every restart after a crash wait.
 */
import { randomUUID } from 'node:crypto'
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises'

const readOrNothing = (path: string): Promise<string> => readFile(path, 'utf8').catch(() => '')

/** Field 22 of /proc/PID/stat; the second field is in brackets and may hold blanks. */
async function startTimeOf(pid: number): Promise<string> {
  const stat = await readOrNothing(`/proc/${pid}/stat`)
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''
}

const identityOf = async (pid: number): Promise<string> => `${pid} ${await startTimeOf(pid)}`

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

async function isHeld(identity: string): Promise<boolean> {
  const pid = Number(identity.split(' ')[0])
  return pid > 0 && isRunning(pid) && (await identityOf(pid)) === identity
}

/** A link appears together with its content, so nobody reads an empty lock. */
async function tryTake(own: string, path: string): Promise<boolean> {
  try {
    await link(own, path)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

/** Moved before it is removed: if another process took the lock meanwhile, it gets it back. */
async function removeStale(path: string, own: string, seen: string): Promise<void> {
  const aside = `${own}.stale`
  await rename(path, aside)
  if ((await readOrNothing(aside)) !== seen) await tryTake(aside, path)
  await rm(aside, { force: true })
}

async function take(own: string, path: string): Promise<boolean> {
  if (await tryTake(own, path)) return true
  const holder = await readOrNothing(path)
  if (await isHeld(holder)) return false
  await removeStale(path, own, holder)
  return tryTake(own, path)
}

/** @returns a function that unlocks, or undefined when another running process holds the lock */
export async function lockFile(path: string): Promise<(() => Promise<void>) | undefined> {
  const own = `${path}.${randomUUID()}`
  await writeFile(own, await identityOf(process.pid), { mode: 0o600 })
  const isOurs = await take(own, path).finally(() => rm(own, { force: true }))
  return isOurs ? () => rm(path, { force: true }) : undefined
}
