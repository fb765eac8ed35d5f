/** Whether the server that wrote a pid file lives. */
import { setTimeout as sleep } from 'node:timers/promises'
import { readOptional } from '../keystore/read-optional.js'

/** A server may write its file anew while it reloads: an empty one may be about to be filled. */
const fillMs = 1000

export async function isPidFileAlive(path: string): Promise<boolean> {
  const pid = Number(await readFilled(path))
  if (!Number.isInteger(pid) || pid <= 1) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

async function readFilled(path: string): Promise<string | undefined> {
  const end = performance.now() + fillMs
  for (;;) {
    const text = (await readOptional(path))?.trim()
    if (text !== '' || performance.now() > end) return text
    await sleep(50)
  }
}
