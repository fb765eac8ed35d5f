/** Files that an argument or an option names: one that cannot be read is wrong usage. */
import { readFile } from 'node:fs/promises'
import { Failure } from './failure.js'
import { explainUnreadable } from './file-trouble.js'

/** @throws Failure (usage) that names the file and what to do */
export async function readGiven(path: string): Promise<Buffer> {
  try {
    return await readFile(path)
  } catch (cause) {
    const text = explainUnreadable(cause, path)
    throw text ? new Failure('usage', text, { cause }) : cause
  }
}
