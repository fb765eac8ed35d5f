/** kill -9 before each change to the disk in turn: the server works, could start again, and the next run repairs. */
import { spawnSync } from 'node:child_process'
import { cpSync, rmSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { expectDone, expectLiveShown } from './support/expect.js'
import { expectFitting, kinds, ready, serves, withoutLeftovers } from './support/faults.js'
import type { Ended, Machine } from './support/machine.js'

const preload = new URL('support/kill-at.mjs', import.meta.url).href

/** Runs until a run is no longer killed, which must go well; `look` after each. @returns changes to the disk that one run makes */
async function killAtEveryStep(
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
async function works(machine: Machine): Promise<void> {
  await expect.poll(() => serves(machine).catch(String), { timeout: 60_000 }).toBe(true)
  const { status, stderr } = spawnSync(machine.ctl, ['-t'], { encoding: 'utf8' })
  expect({ status, stderr }).toMatchObject({ status: 0 })
}

describe.each(kinds)('kill -9 on $kind', ({ kind, tree }) => {
  it('at every step of install, then of rollback', { timeout: 600_000 }, async () => {
    const machine = await ready(kind, tree)
    const before = machine.snapshot()
    const look = () => works(machine)
    expect(await killAtEveryStep((env) => machine.install(env), look)).toBeGreaterThan(10)
    await expectDone(machine.install())
    await expectLiveShown(machine)
    expect(await killAtEveryStep((env) => machine.client(['rollback'], env), look)).toBeGreaterThan(5)
    expect(withoutLeftovers(machine.snapshot())).toEqual(before)
  })
})

describe('kill -9', () => {
  it('at every step of renew, from the same state each time', { timeout: 600_000 }, async () => {
    const [{ kind, tree }] = kinds
    const machine = await ready(kind, tree)
    await expectDone(machine.install())
    const saved = `${machine.clientFolder}-saved`
    cpSync(machine.clientFolder, saved, { recursive: true, verbatimSymlinks: true })
    const renew = (env?: Record<string, string>) =>
      machine.client(['renew', '--force-renewal', '--no-random-sleep-on-renew'], env)
    const steps = await killAtEveryStep(
      (env) => {
        rmSync(machine.clientFolder, { recursive: true })
        cpSync(saved, machine.clientFolder, { recursive: true, verbatimSymlinks: true })
        return renew(env)
      },
      async () => {
        expectFitting(machine)
        await works(machine)
      },
    )
    expect(steps).toBeGreaterThan(10)
    await expectDone(renew())
    expectFitting(machine)
    await expectLiveShown(machine)
  })
})
