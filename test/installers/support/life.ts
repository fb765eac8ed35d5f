/** The life of a certificate on one tree: install, renew, roll back; or be refused. */
import { expect } from 'vitest'
import { expectDone, expectFailed, expectShown } from './expect.js'
import { Machine, quickKey, type Tree } from './machine.js'

export async function live(kind: 'nginx' | 'apache', tree: Tree): Promise<void> {
  const machine = await Machine.create(kind, tree)
  try {
    const before = machine.snapshot()
    await expectDone(machine.obtain(...quickKey))
    await (tree.refused ? beRefused(machine, tree.refused) : installAndRenew(machine))
    if (!tree.refused) await expectDone(machine.rollback())
    expect(machine.snapshot()).toEqual(before)
  } finally {
    await machine.stop()
  }
}

async function beRefused(machine: Machine, reason: RegExp): Promise<void> {
  const { stderr } = await expectFailed(machine.install())
  expect(stderr).toMatch(reason)
}

async function installAndRenew(machine: Machine): Promise<void> {
  expect((await expectDone(machine.install())).stderr).toBe('')
  const first = await machine.liveSerial()
  await expectShown(machine, first)
  await machine.tree.also?.(machine)
  expect((await expectDone(machine.renew())).stderr).toBe('')
  const second = await machine.liveSerial()
  expect(second).not.toBe(first)
  await expectShown(machine, second)
}
