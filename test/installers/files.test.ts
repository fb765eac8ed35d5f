/** The plain files installer, for services that nothing else here knows: copies, owner, mode, test and reload, a look by TLS. */
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { expectDone, expectFailed, expectLiveShown } from './support/expect.js'
import { sabotage } from './support/faults.js'
import { Machine } from './support/machine.js'

/** A service that reads a pair of files: to the client it is not nginx. */
const configuration = `pid @ROOT@/logs/nginx.pid;
events {}
http {
  access_log off;
  server { listen 127.0.0.1:@HTTP@; }
  server {
    listen 127.0.0.1:@HTTPS@ ssl;
    ssl_certificate @ROOT@/old.pem;
    ssl_certificate_key @ROOT@/old.key;
  }
}
`

let machine: Machine
beforeEach(async () => {
  machine = await Machine.create('nginx', { name: 'a service', files: { 'nginx.conf': configuration } })
  await expectDone(machine.obtain())
})
afterEach(() => machine.stop())

const isRoot = process.getuid?.() === 0
// Debian: nobody and nogroup.
const nobody = 65_534

const install = () =>
  machine.client([
    ...['install', '--cert-name', 'site', '--installer', 'files'],
    ...['--files-fullchain', join(machine.root, 'old.pem'), '--files-key', join(machine.root, 'old.key')],
    ...['--files-mode', '640', ...(isRoot ? ['--files-owner', 'nobody:nogroup'] : [])],
    ...['--test-command', `'${machine.ctl}' -t`, '--reload-command', `'${machine.ctl}' -s reload`],
    ...['--check', `127.0.0.1:${machine.ports.https}`],
  ])

it('copies with owner and mode, reloads, looks; a renewal does the same; rollback brings every byte back', async () => {
  const before = machine.snapshot()
  await expectDone(install())
  await expectLiveShown(machine)
  const { uid, gid, mode } = statSync(join(machine.root, 'old.key'))
  expect(mode & 0o777).toBe(0o640)
  if (isRoot) expect({ uid, gid }).toEqual({ uid: nobody, gid: nobody })
  const first = await machine.liveSerial()
  await expectDone(machine.renew())
  expect(await machine.liveSerial()).not.toBe(first)
  await expectLiveShown(machine)
  await expectDone(machine.rollback('2'))
  expect(machine.snapshot()).toEqual(before)
})

it.each([
  { name: 'a reload that fails', word: '-s reload', says: 'sabotaged' },
  { name: 'a test that fails after copying', word: '-t', says: 'byte for byte' },
])('$name leaves the files as they were', async ({ word, says }) => {
  const before = machine.snapshot()
  // The first test is the look before anything is changed.
  const repair = sabotage(machine, word, word === '-t' ? 2 : 1)
  expect((await expectFailed(install())).stderr).toContain(says)
  expect(machine.snapshot()).toEqual(before)
  repair()
  await expectDone(install())
  await expectLiveShown(machine)
})
