/** Files of the data directory: written whole or not at all, and readable by their owner alone. */
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

/** Makes a rename or a new file in the directory last; some systems cannot open directories, and need no sync. */
function syncDirectory(directory: string): void {
  if (process.platform === 'win32') return
  const handle = openSync(directory, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

/** Replaces the file atomically, mode 0600; it is on disk when this returns. */
export function writeFileAtomic(path: string, content: string | Uint8Array): void {
  const temporary = `${path}.${process.pid}.new`
  const handle = openSync(temporary, 'w', 0o600)
  try {
    const octets = Buffer.from(content)
    for (let written = 0; written < octets.length;) written += writeSync(handle, octets, written)
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
  renameSync(temporary, path)
  syncDirectory(dirname(path))
}

/** The file's text, made first when it is not there yet. */
export function readOrMake(path: string, make: () => string): string {
  if (!existsSync(path)) writeFileAtomic(path, make())
  return readFileSync(path, 'utf8')
}
