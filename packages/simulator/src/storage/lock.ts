/**
 * One process per data directory.
 *
 * The lock names its process by id and, where /proc tells it, start time, so that a
 * lock left by kill -9 is seen as stale even when the id has been given out again.
 */
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { StartError } from './start-error.js'

/** Field 22 of /proc/PID/stat; the second field is in brackets and may hold blanks. */
function startTime(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''
  } catch {
    return ''
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

const readHolder = (path: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

function isHeld(holder: string): boolean {
  const [pid = '', started = ''] = holder.split(' ')
  return isRunning(Number(pid)) && startTime(Number(pid)) === started
}

/** Takes the name if it is free; a link appears with its content, so no reader sees an empty lock. */
function tryLink(own: string, path: string): boolean {
  try {
    linkSync(own, path)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

/** Moves a stale lock away; gives it back if another process took it over in between. */
function removeStale(path: string, seen: string): void {
  const aside = `${path}.${process.pid}.stale`
  renameSync(path, aside)
  if (readHolder(aside) !== seen) tryLink(aside, path)
  rmSync(aside, { force: true })
}

/**
 * Locks the directory for this process; the answer unlocks it.
 *
 * @throws StartError when another process holds it.
 */
export function lockDirectory(directory: string): () => void {
  const path = join(directory, 'simulator.lock')
  const own = `${path}.${process.pid}`
  writeFileSync(own, `${process.pid} ${startTime(process.pid)}`, { mode: 0o600 })
  try {
    if (!tryLink(own, path)) {
      const holder = readHolder(path)
      if (!isHeld(holder)) removeStale(path, holder)
      if (isHeld(holder) || !tryLink(own, path))
        throw new StartError(
          `${directory} is in use by another simulator (process ${readHolder(path).split(' ')[0] ?? ''}).`,
        )
    }
  } finally {
    rmSync(own, { force: true })
  }
  return () => rmSync(path, { force: true })
}
