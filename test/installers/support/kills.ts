/** kill -9 before each change to the disk in turn, and what must hold after each. */
import { spawnSync } from 'node:child_process'
import { expect } from 'vitest'
import { expectDone } from './expect.js'
import { serves } from './faults.js'
import type { Ended, Machine } from './machine.js'

const preload = new URL('kill-at.mjs', import.meta.url).href

/** Runs until a run is no longer killed, which must go well; `look` after each. @returns changes to the disk that one run makes */
export async function killAtEveryStep(
  run: (env: Record<string, string>) => Promise<Ended>,
  look: () => Promise<void>,
): Promise<number> {
  for (let step = 1; ; step++) {
    const ended = await run({ NODE_OPTIONS: `--import ${preload}`, KILL_AT: String(step) })
    await look()
    if (ended.signal === 'SIGKILL') continue
    await expectDone(Promise.resolve(ended))
    return step - 1
  }
}

/** What a reboot at this moment would start with is good, and the running server answers. */
export async function works(machine: Machine): Promise<void> {
  await expect.poll(() => serves(machine).catch(String), { timeout: 60_000 }).toBe(true)
  const { status, stderr } = spawnSync(machine.ctl, ['-t'], { encoding: 'utf8' })
  expect({ status, stderr }).toMatchObject({ status: 0 })
}
