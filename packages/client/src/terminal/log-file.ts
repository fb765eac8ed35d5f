/**
 * The log under `--logs-dir`: one line per request and step, for whoever has to
 * find out later what happened. It holds addresses and states, never a key, an
 * EAB secret or a body.
 */
import { appendFileSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { printable } from './printable.js'

export type Log = (event: string) => void

/** Past this the file is put aside as `upki-client.log.1`: about 40,000 lines. */
const maxBytes = 4 * 1024 * 1024

/** Opens the log of one run. Failing to write never stops the run; `complain` hears of it once. */
export function openLog(logsDir: string, complain: (error: Error) => void): Log {
  const path = join(logsDir, 'upki-client.log')
  let broken = false
  rotate(path)
  return (event) => {
    if (broken) return
    try {
      const line = `${new Date().toISOString()} ${process.pid} ${printable(event, 2000)}\n`
      appendFileSync(path, line, { mode: 0o600 })
    } catch (error) {
      broken = true
      complain(error as Error)
    }
  }
}

function rotate(path: string): void {
  try {
    if (statSync(path).size <= maxBytes) return
    renameSync(path, `${path}.1`)
  } catch {
    // No log yet, or it cannot be moved: the first write says what is wrong.
  }
}
