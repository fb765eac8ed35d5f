/**
 * Orders of one run wait together: what is left of `--timeout` is counted for all
 * of them from the moment they were placed, or a run over many that wait for an
 * operator would last for days and keep the next ones out.
 */
import type { CertonlyOptions } from '../certonly/request.js'

export type TimeLeft = () => Pick<CertonlyOptions, 'timeout' | 'wait'>

/** @param seconds 0: for ever. When they are over each order is still looked at once. */
export function startTime(seconds: number): TimeLeft {
  const end = performance.now() + seconds * 1000
  return () => {
    const left = (end - performance.now()) / 1000
    return seconds === 0 ? { timeout: 0, wait: true } : { timeout: left, wait: left > 0 }
  }
}
