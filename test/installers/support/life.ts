/** The life of a certificate on one tree: install, renew, roll back; or be refused. */
import { expect } from 'vitest'
import { Machine, type Tree } from './machine.js'

export async function live(kind: 'nginx' | 'apache', tree: Tree): Promise<void> {
  const machine = await Machine.create(kind, tree)
  try {
    const before = machine.snapshot()
    expect(await machine.obtain()).toMatchObject({ status: 0 })
    await (tree.refused ? beRefused(machine, tree.refused) : installAndRenew(machine))
    if (!tree.refused) expect(await machine.rollback()).toMatchObject({ status: 0 })
    expect(machine.snapshot()).toEqual(before)
  } finally {
    await machine.stop()
  }
}

async function beRefused(machine: Machine, reason: RegExp): Promise<void> {
  const { status, stderr } = await machine.install()
  expect(stderr).toMatch(reason)
  expect(status).toBe(1)
}

async function installAndRenew(machine: Machine): Promise<void> {
  const { stderr, status } = await machine.install()
  expect(stderr).toBe('')
  expect(status).toBe(0)
  const first = await machine.liveSerial()
  await expectShown(machine, first)
  await machine.tree.also?.(machine)
  expect(await machine.renew()).toMatchObject({ status: 0, stderr: '' })
  const second = await machine.liveSerial()
  expect(second).not.toBe(first)
  await expectShown(machine, second)
}

export async function expectShown(machine: Machine, serial: string): Promise<void> {
  for (const name of machine.names) {
    const asked = name.replace('*', 'any')
    expect({ name, serial: (await machine.shown(asked)).serialNumber }).toEqual({ name, serial })
  }
}
