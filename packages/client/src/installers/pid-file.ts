/** Whether the server that wrote a pid file lives. */
import { readOptional } from '../keystore/read-optional.js'

export async function isPidFileAlive(path: string): Promise<boolean> {
  const pid = Number((await readOptional(path))?.trim())
  if (!Number.isInteger(pid) || pid <= 1) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
