/** kill -9 before each change to the disk in turn: the server works, could start again, and the next run repairs. */
import { describe, expect, it } from 'vitest'
import { expectDone, expectLiveShown } from './support/expect.js'
import { kinds, ready, withoutLeftovers } from './support/faults.js'
import { killAtEveryStep, works } from './support/kills.js'

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
