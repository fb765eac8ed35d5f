/** kill -9 before each change to the disk that a renewal makes: key and certificate fit, the server works, and the next run goes on. */
import { cpSync, rmSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { expectDone, expectLiveShown } from './support/expect.js'
import { expectFitting, kinds, ready } from './support/faults.js'
import { killAtEveryStep, works } from './support/kills.js'

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
