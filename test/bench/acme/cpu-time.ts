/** Processor time of other processes, from Linux's /proc: comparable also on a machine that others use too. */
import { readFileSync } from 'node:fs'

// USER_HZ, which is 100 on every Linux that Node.js runs on (proc(5), stat).
const TICKS_PER_SECOND = 100

const read = (path: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

/** utime, stime, and those of children that have ended: fields 14 to 17, counted after the name in brackets. */
function ownSeconds(pid: number): number {
  const fields = read(`/proc/${pid}/stat`)
    .replace(/^.*\) /s, '')
    .split(' ')
  return [11, 12, 13, 14].reduce((sum, place) => sum + Number(fields[place] ?? 0), 0) / TICKS_PER_SECOND
}

const childrenOf = (pid: number): number[] =>
  read(`/proc/${pid}/task/${pid}/children`).split(' ').filter(Boolean).map(Number)

/** Of the process and of all below it; of this process without the programs that it started. */
export const cpuSeconds = (pid: number): number =>
  pid === process.pid
    ? process.cpuUsage().user / 1e6 + process.cpuUsage().system / 1e6
    : ownSeconds(pid) + childrenOf(pid).reduce((sum, child) => sum + cpuSeconds(child), 0)
