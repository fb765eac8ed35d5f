/** What goes wrong while a certificate is installed: afterwards the server works, and so does the next run. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { kinds, ready, sabotage } from './support/faults.js'

describe.each(kinds)('on $kind', ({ kind, tree }) => {
  const reload = kind === 'nginx' ? '-s reload' : '-k graceful'
  // Before it: the first look, the plan, and whether the server runs.
  const testAfterWriting = 4

  it('a reload that fails leaves every byte as it was', async () => {
    const machine = await ready(kind, tree)
    const before = machine.snapshot()
    const repair = sabotage(machine, reload, 1)
    const { status, stderr } = await machine.install()
    expect(status).toBe(1)
    expect(stderr).toContain('sabotaged')
    expect(machine.snapshot()).toEqual(before)
    repair()
    expect(await machine.install()).toMatchObject({ status: 0 })
    expect((await machine.shown()).serialNumber).toBe(await machine.liveSerial())
  })

  it('a test that fails after writing leaves every byte as it was', async () => {
    const machine = await ready(kind, tree)
    const before = machine.snapshot()
    const repair = sabotage(machine, '-t', testAfterWriting)
    const { status, stderr } = await machine.install()
    expect(stderr).toContain('back as it was before, byte for byte')
    expect(status).toBe(1)
    expect(machine.snapshot()).toEqual(before)
    repair()
    expect(await machine.install()).toMatchObject({ status: 0 })
  })

  it('a server that shows another certificate after the reload gets its configuration back', async () => {
    const machine = await ready(kind, tree)
    const before = machine.snapshot()
    // The reload says yes and does nothing.
    const original = readFileSync(machine.ctl, 'utf8')
    writeFileSync(machine.ctl, original.replace('exec', `case "$*" in *"${reload}"*) exit 0;; esac\nexec`))
    const { status, stderr } = await machine.install()
    expect(stderr).toContain('does not show the certificate')
    expect(status).toBe(1)
    expect(machine.snapshot()).toEqual(before)
  })

  it('a stopped server is configured and not started', async () => {
    const machine = await ready(kind, tree)
    await machine.stopServer()
    const { status, stderr } = await machine.install()
    expect(status).toBe(0)
    expect(stderr).toContain('is not running and was not started')
    await expect(machine.shown()).rejects.toThrow('ECONNREFUSED')
    await machine.startServer()
    expect((await machine.shown()).serialNumber).toBe(await machine.liveSerial())
  })

  it('a renewal that the server does not take leaves the old certificate on the wire, and waits for the next run', async () => {
    const machine = await ready(kind, tree)
    expect(await machine.install()).toMatchObject({ status: 0 })
    const first = await machine.liveSerial()
    const repair = sabotage(machine, reload, 1)
    expect(await machine.renew()).toMatchObject({ status: 1 })
    expect((await machine.shown()).serialNumber).toBe(first)
    expect(await machine.liveSerial()).toBe(first)
    repair()
    const state = join(machine.clientFolder, 'work', 'state', 'site.json')
    writeFileSync(
      state,
      readFileSync(state, 'utf8').replace(/"nextTry": "[^"]*"/, '"nextTry": "2020-01-01T00:00:00Z"'),
    )
    const orders = machine.acme.orders.length
    expect(await machine.client(['renew', '--no-random-sleep-on-renew'])).toMatchObject({ status: 0 })
    expect(machine.acme.orders.length).toBe(orders)
    const second = await machine.liveSerial()
    expect(second).not.toBe(first)
    expect((await machine.shown()).serialNumber).toBe(second)
  })

  it('a rollback leaves alone what somebody changed since', async () => {
    const machine = await ready(kind, tree)
    expect(await machine.install()).toMatchObject({ status: 0 })
    const site = join(machine.root, 'sites-available', kind === 'nginx' ? 'www' : 'www.conf')
    writeFileSync(site, `${readFileSync(site, 'utf8')}\n# ours\n`)
    const { status, stderr } = await machine.rollback()
    expect(status).toBe(1)
    expect(stderr).toContain('Somebody changed')
    expect(readFileSync(site, 'utf8')).toContain('# ours')
    expect(await machine.rollback('--force')).toMatchObject({ status: 0 })
    expect(readFileSync(site, 'utf8')).not.toContain('upki-client')
  })
})
