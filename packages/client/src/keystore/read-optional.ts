/**
 * Small files that may be missing. Read at once rather than through the thread
 * pool, which costs several times as much for hundreds of them.
 */
import { readdirSync, readFileSync } from 'node:fs'

/** Content of a file, or undefined when it does not exist. */
export const readOptional = (path: string): Promise<string | undefined> =>
  attempt(() => readFileSync(path, 'utf8'))

/** Names in a directory, sorted; none when it does not exist. */
export async function listNames(path: string): Promise<string[]> {
  return ((await attempt(() => readdirSync(path))) ?? []).sort()
}

function attempt<T>(read: () => T): Promise<T | undefined> {
  try {
    return Promise.resolve(read())
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    return code === 'ENOENT' || code === 'ENOTDIR'
      ? Promise.resolve(undefined)
      : Promise.reject(error as Error)
  }
}
