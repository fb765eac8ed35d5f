/** What goes wrong while a certificate is installed: afterwards the server works, and so does the next run. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { expectDone, expectFailed, expectLiveShown, expectShown } from './support/expect.js'
import { kinds, ready, sabotage } from './support/faults.js'

describe.each(kinds)('on $kind', ({ kind, tree }) => {
  const reload = kind === 'nginx' ? '-s reload' : '-k graceful'
  // Before it: the first look, the plan, and whether the server runs.
  const testAfterWriting = 4

  it('a reload that fails leaves every byte as it was', async () => {
    const machine = await ready(kind, tree)
    const before = machine.snapshot()
    const repair = sabotage(machine, reload, 1)
    const { stderr } = await expectFailed(machine.install())
    expect(stderr).toContain('sabotaged')
    expect(machine.snapshot()).toEqual(before)
    repair()
    await expectDone(machine.install())
    await expectLiveShown(machine)
  })

  it('a test that fails after writing leaves every byte as it was', async () => {
    const machine = await ready(kind, tree)
    const before = machine.snapshot()
    const repair = sabotage(machine, '-t', testAfterWriting)
    const { stderr } = await expectFailed(machine.install())
    expect(stderr).toContain('back as it was before, byte for byte')
    expect(machine.snapshot()).toEqual(before)
    repair()
    await expectDone(machine.install())
  })

  it('a server that shows another certificate after the reload gets its configuration back', async () => {
    const machine = await ready(kind, tree)
    const before = machine.snapshot()
    // The reload says yes and does nothing.
    const original = readFileSync(machine.ctl, 'utf8')
    writeFileSync(machine.ctl, original.replace('exec', `case "$*" in *"${reload}"*) exit 0;; esac\nexec`))
    const { stderr } = await expectFailed(machine.install())
    expect(stderr).toContain('does not show the certificate')
    expect(machine.snapshot()).toEqual(before)
  })

  it('a stopped server is configured and not started', async () => {
    const machine = await ready(kind, tree)
    await machine.stopServer()
    const { stderr } = await expectDone(machine.install())
    expect(stderr).toContain('is not running and was not started')
    await expect(machine.shown()).rejects.toThrow('ECONNREFUSED')
    await machine.startServer()
    await expectLiveShown(machine)
  })

  it('a renewal that the server does not take leaves the old certificate on the wire, and waits for the next run', async () => {
    const machine = await ready(kind, tree)
    await expectDone(machine.install())
    const first = await machine.liveSerial()
    const repair = sabotage(machine, reload, 1)
    await expectFailed(machine.renew())
    await expectShown(machine, first)
    expect(await machine.liveSerial()).toBe(first)
    repair()
    const state = join(machine.clientFolder, 'work', 'state', 'site.json')
    writeFileSync(
      state,
      readFileSync(state, 'utf8').replace(/"nextTry": "[^"]*"/, '"nextTry": "2020-01-01T00:00:00Z"'),
    )
    const orders = machine.acme.orders.length
    await expectDone(machine.client(['renew', '--no-random-sleep-on-renew']))
    expect(machine.acme.orders.length).toBe(orders)
    const second = await machine.liveSerial()
    expect(second).not.toBe(first)
    await expectShown(machine, second)
  })

  it('a rollback leaves alone what somebody changed since', async () => {
    const machine = await ready(kind, tree)
    await expectDone(machine.install())
    const site = join(machine.root, 'sites-available', kind === 'nginx' ? 'www' : 'www.conf')
    writeFileSync(site, `${readFileSync(site, 'utf8')}\n# ours\n`)
    const { stderr } = await expectFailed(machine.rollback())
    expect(stderr).toContain('Somebody changed')
    expect(readFileSync(site, 'utf8')).toContain('# ours')
    await expectDone(machine.rollback('--force'))
    expect(readFileSync(site, 'utf8')).not.toContain('upki-client')
  })
})
