/** Taking a data directory into use. */
import { accessSync, constants, mkdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { lockDirectory } from '../storage/lock.js'
import { StartError } from '../storage/start-error.js'

export interface DataDirectory {
  path: string
  unlock: () => void
}

/** @throws StartError when it cannot be made or written, or another process uses it. */
export function takeDataDirectory(given: string): DataDirectory {
  const path = resolve(given)
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 })
    accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK)
    return { path, unlock: lockDirectory(path) }
  } catch (cause) {
    if (cause instanceof StartError) throw cause
    throw new StartError(
      `The data directory ${path} cannot be written: ${(cause as Error).message}. Choose another with --data-dir.`,
      { cause },
    )
  }
}
