/** A password from a file: arguments are visible to every user of the machine. Its line end is not part of it. */
import { readGiven } from '../terminal/given-file.js'

export const readPassword = async (path: string | undefined): Promise<string | undefined> =>
  path === undefined ? undefined : (await readGiven(path)).toString().replace(/\r?\n$/, '')
