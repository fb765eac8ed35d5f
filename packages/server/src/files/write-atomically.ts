import { chmod, open, rename } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Writes a file whole or not at all, readable by its owner only from the first byte. */
export async function writeSecret(path: string, contents: string): Promise<void> {
  await writeAtomically(path, contents, 0o600)
}

export async function writeAtomically(path: string, contents: string, mode = 0o644): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`
  const file = await open(temporary, 'w', mode)
  try {
    await file.writeFile(contents)
    await file.sync()
  } finally {
    await file.close()
  }
  // An earlier, interrupted run may have left the file with another mode.
  await chmod(temporary, mode)
  await rename(temporary, path)
  await syncDirectory(dirname(path))
}

async function syncDirectory(path: string): Promise<void> {
  if (process.platform === 'win32') return
  const directory = await open(path, 'r')
  await directory.sync().finally(() => directory.close())
}
