import { readdir, readFile } from 'node:fs/promises'

/** Content of a file, or undefined when it does not exist. */
export const readOptional = (path: string) => readFile(path, 'utf8').catch(absentIsUndefined)

/** Names in a directory, sorted; none when it does not exist. */
export async function listNames(path: string): Promise<string[]> {
  return ((await readdir(path).catch(absentIsUndefined)) ?? []).sort()
}

function absentIsUndefined(error: unknown): undefined {
  const { code } = error as NodeJS.ErrnoException
  if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
  throw error
}
