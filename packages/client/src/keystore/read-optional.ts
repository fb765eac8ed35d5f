/**
 * Small files that may be missing. Read at once rather than through the thread
 * pool, which costs several times as much for hundreds of them.
 */
import { readdirSync, readFileSync } from 'node:fs'

/** Content of a file, or undefined when it does not exist. */
// eslint-disable-next-line @typescript-eslint/require-await -- what fails rejects
export const readOptional = async (path: string) => attempt(() => readFileSync(path, 'utf8'))

/** Names in a directory, sorted; none when it does not exist. */
// eslint-disable-next-line @typescript-eslint/require-await -- what fails rejects
export const listNames = async (path: string) => (attempt(() => readdirSync(path)) ?? []).sort()

function attempt<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw error
  }
}
