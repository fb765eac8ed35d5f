/**
 * Telling processes apart for good: a process id alone is given out again.
 *
 * On Linux the time since boot at which a process started, together with the
 * boot id and the pid namespace (containers sharing a directory have their own),
 * names one process for ever. Elsewhere the host name stands in, and only the
 * process id is looked at.
 */
import { createHash } from 'node:crypto'
import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'

/** Hex: which running system's process ids these are. */
export function processSpace(): string {
  const parts = [hostname(), read('/proc/sys/kernel/random/boot_id'), link('/proc/self/ns/pid')]
  return createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 16)
}

/** Field 22 of /proc/PID/stat, in clock ticks since boot; '0' where there is no /proc; undefined when no such process. */
export function processStart(pid: number): string | undefined {
  if (process.platform !== 'linux') return isRunning(pid) ? '0' : undefined
  const stat = read(`/proc/${pid}/stat`)
  // Field 2, the program's name in parentheses, may hold anything.
  return stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .at(19)
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    return ''
  }
}

function link(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    return ''
  }
}
