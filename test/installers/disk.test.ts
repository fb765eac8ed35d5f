/** Disks that are full or read-only, and files of other owners. */
import { spawnSync } from 'node:child_process'
import { chmodSync, chownSync, cpSync, existsSync, mkdirSync, rmSync, statSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { expectDone, expectFailed, expectLiveShown, expectShown } from './support/expect.js'
import { canMount, expectFitting, kinds, ready, serves, withTmpfs } from './support/faults.js'
import type { Machine } from './support/machine.js'

if (!canMount)
  console.warn('SKIPPED: no tmpfs can be mounted here, so full and read-only disks are not tried')

const isRoot = process.getuid?.() === 0
const [nginx] = kinds
const site = (root: string, kind: string) =>
  join(root, 'sites-available', kind === 'nginx' ? 'www' : 'www.conf')

describe.skipIf(!canMount)('a full disk', () => {
  it('under the configuration leaves every byte as it was', async () => {
    const machine = await ready('nginx', nginx.tree)
    const folder = join(machine.root, 'sites-available')
    await withTmpfs(folder, '64k', async () => {
      const before = machine.snapshot()
      spawnSync('sh', ['-c', `cat /dev/zero > '${folder}/filler'`])
      const { stderr } = await expectFailed(machine.install())
      expect(stderr).toContain('the disk is full')
      rmSync(join(folder, 'filler'))
      expect(machine.snapshot()).toEqual(before)
      await expectDone(machine.install())
    })
  })

  it('under the journal changes nothing at all', async () => {
    const machine = await ready('nginx', nginx.tree)
    const before = machine.snapshot()
    const backups = join(machine.clientFolder, 'work', 'backups')
    mkdirSync(backups, { recursive: true })
    await withTmpfs(backups, '16k', async () => {
      spawnSync('sh', ['-c', `cat /dev/zero > '${backups}/filler'`])
      const { stderr } = await expectFailed(machine.install())
      expect(stderr).toContain('the disk is full')
      expect(machine.snapshot()).toEqual(before)
      expect(existsSync(join(backups, '1'))).toBe(false)
    })
  })

  it('under the certificates leaves the old one live and on the wire', async () => {
    const machine = await ready('nginx', nginx.tree)
    await expectDone(machine.install())
    const serial = await machine.liveSerial()
    const archive = join(machine.clientFolder, 'archive')
    await withTmpfs(archive, '64k', async () => {
      spawnSync('sh', ['-c', `cat /dev/zero > '${archive}/filler'`])
      const { stderr } = await expectFailed(machine.renew())
      expect(stderr).toContain('the disk is full')
      expect(await machine.liveSerial()).toBe(serial)
      await expectShown(machine, serial)
      rmSync(join(archive, 'filler'))
      await expectDone(machine.renew())
      await expectLiveShown(machine)
    })
  })
})

/** Leaves room for so many files of up to 4 kB in the folder. */
function fill(folder: string, blocks: number): () => void {
  const filler = join(folder, 'filler')
  spawnSync('sh', ['-c', `cat /dev/zero > '${filler}'`])
  truncateSync(filler, statSync(filler).size - 4096 * blocks)
  return () => rmSync(filler)
}

/** The message names a file of the client and says what to do; its server works, with a pair that fits. */
async function expectUnharmed(machine: Machine, stderr: string): Promise<void> {
  expect(stderr).toContain(machine.clientFolder)
  expect(stderr).toContain('(ENOSPC): the disk is full: make room, then run the command again')
  expectFitting(machine)
  expect(await serves(machine)).toBe(true)
}

/** One renewal with room for so many files, and when it failed the next one with all the room; together they order once. */
async function renewOnFullDisk(machine: Machine, blocks: number): Promise<'failed' | 'renewed'> {
  const [orders, serial] = [machine.acme.orders.length, await machine.liveSerial()]
  const makeRoom = fill(machine.clientFolder, blocks)
  const { status, stderr } = await machine.renew()
  makeRoom()
  if (status === 0) return 'renewed'
  await expectUnharmed(machine, stderr)
  const isUnderWay = existsSync(join(machine.clientFolder, 'work', 'orders', 'site', 'order.json'))
  // Then only what comes after the renewal failed, and the forced one below is another.
  const isRenewed = !isUnderWay && (await machine.liveSerial()) !== serial
  await expectDone(machine.renew())
  expect(machine.acme.orders.length).toBe(orders + (isRenewed ? 2 : 1))
  expectFitting(machine)
  await expectLiveShown(machine)
  return 'failed'
}

describe.skipIf(!canMount)('a full disk under all that the client keeps', () => {
  it('lets a first certificate be ordered once there is room again, and not before', async () => {
    const machine = await ready('nginx', nginx.tree)
    await withTmpfs(machine.clientFolder, '1m', async () => {
      const makeRoom = fill(machine.clientFolder, 0)
      const { stderr } = await expectFailed(machine.obtainOther('other.example.ac.jp'))
      await expectUnharmed(machine, stderr)
      makeRoom()
      await expectDone(machine.obtainOther('other.example.ac.jp'))
    })
  })

  it('at whatever point of a renewal keeps a certificate in use, and the next run goes on', async () => {
    const machine = await ready('nginx', nginx.tree)
    await expectDone(machine.install())
    await withTmpfs(machine.clientFolder, '2m', async () => {
      let rounds = 0
      for (let blocks = 0; (await renewOnFullDisk(machine, blocks)) === 'failed'; blocks += 2) rounds++
      expect(rounds).toBeGreaterThan(3)
    })
  })
})

describe.skipIf(!canMount).each(kinds)('a read-only configuration of $kind', ({ kind, tree }) => {
  it('is left as it is, with the reason', async () => {
    const machine = await ready(kind, tree)
    const folder = join(machine.root, 'sites-available')
    await withTmpfs(folder, '64k', async () => {
      const before = machine.snapshot()
      expect(spawnSync('mount', ['-o', 'remount,ro', folder]).status).toBe(0)
      const { stderr } = await expectFailed(machine.install())
      expect(stderr).toContain('read-only')
      expect(machine.snapshot()).toEqual(before)
      expect(spawnSync('mount', ['-o', 'remount,rw', folder]).status).toBe(0)
      await expectDone(machine.install())
    })
  })
})

describe.skipIf(!isRoot).each(kinds)('files of others on $kind', ({ kind, tree }) => {
  // Debian: nobody and nogroup.
  const nobody = 65_534

  it('keep their owner and mode', async () => {
    const machine = await ready(kind, tree)
    const file = site(machine.root, kind)
    chownSync(file, nobody, nobody)
    chmodSync(file, 0o640)
    const owner = () => {
      const { uid, gid, mode } = statSync(file)
      return { uid, gid, mode: mode & 0o7777 }
    }
    const before = owner()
    await expectDone(machine.install())
    expect(owner()).toEqual(before)
    await expectDone(machine.rollback())
    expect(owner()).toEqual(before)
  })

  it('are not touched by a user who may not write them', async () => {
    const machine = await ready(kind, tree)
    const before = machine.snapshot()
    // The same certificate in directories of that user's own.
    cpSync(machine.clientFolder, join(machine.root, 'tmp', 'client'), {
      recursive: true,
      verbatimSymlinks: true,
    })
    for (const folder of ['tmp', 'logs'])
      spawnSync('chown', ['-R', `${nobody}:${nobody}`, join(machine.root, folder)])
    const { stderr } = await expectFailed(machine.installAs(nobody, join(machine.root, 'tmp', 'client')))
    expect(stderr).toMatch(/cannot be read or written \(E(?:ACCES|PERM)\).*run as root/)
    expect(machine.snapshot()).toEqual(before)
  })
})
