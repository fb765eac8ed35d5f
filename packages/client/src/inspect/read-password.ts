/** A password from a file: arguments are visible to every user of the machine. Its line end is not part of it. */
import { readFile } from 'node:fs/promises'

export const readPassword = async (path: string | undefined): Promise<string | undefined> =>
  path === undefined ? undefined : (await readFile(path, 'utf8')).replace(/\r?\n$/, '')
