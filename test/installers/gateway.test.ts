/** The client, the real gateway, its simulator, and real nginx and Apache: what an administrator does, from first to last. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeDirectory, removeDirectory, startIn, type TestSystem } from '../support/system.js'
import { expectDone, expectShown, expectTrusted } from './support/expect.js'
import { Machine, type Tree } from './support/machine.js'
import { apacheTrees } from './trees/apache.js'
import { nginxTrees } from './trees/nginx.js'

const directory = makeDirectory()
let system: TestSystem

beforeAll(async () => {
  system = await startIn(directory)
  await system.turnKnobs({ latencyMs: 0 })
})
afterAll(async () => {
  await system.stop()
  removeDirectory(directory)
})

const file = (name: string) => join(directory, name)
const find = (trees: Tree[], name: string) => trees.find((tree) => tree.name === name)!
const serverOptions = () => [
  ...['--server', `${system.url}/acme/directory`, '--ca-file', file('ca.pem')],
  ...['--eab-file', file('eab.json'), '--software', 'test'],
]

describe('a certificate of the gateway', () => {
  it.each([
    { kind: 'nginx', tree: find(nginxTrees, "Debian's sites-enabled with absolute and relative links") },
    { kind: 'nginx', tree: find(nginxTrees, 'two names, each in its own block') },
    { kind: 'apache', tree: find(apacheTrees, "Debian's layout with mod_ssl not enabled") },
    { kind: 'apache', tree: find(apacheTrees, 'two names, each in its own VirtualHost') },
  ] as const)(
    'is obtained, installed, renewed and rolled back on $kind: $tree.name',
    async ({ kind, tree }) => {
      const machine = await Machine.create(kind, tree, serverOptions())
      try {
        const before = machine.snapshot()
        await expectDone(machine.run())
        const first = await machine.liveSerial()
        await expectShown(machine, first)
        // As a browser that knows the root alone: the chain that is sent must reach it.
        const root = readFileSync(file('simulator/root.pem'))
        await expectTrusted(machine, root)
        await expectDone(machine.renew())
        const second = await machine.liveSerial()
        expect(second).not.toBe(first)
        await expectShown(machine, second)
        await expectDone(machine.rollback())
        expect(machine.snapshot()).toEqual(before)
      } finally {
        await machine.stop()
      }
    },
  )
})
