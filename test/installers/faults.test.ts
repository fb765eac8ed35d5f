/** What goes wrong while a certificate is installed: afterwards the server works, and so does the next run. */
import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { apacheTrees } from './trees/apache.js'
import { Machine, type Tree } from './support/machine.js'
import { nginxTrees } from './trees/nginx.js'

const find = (trees: Tree[], name: string) => trees.find((tree) => tree.name === name)!
const kinds = [
  { kind: 'nginx', tree: find(nginxTrees, "Debian's sites-enabled with absolute and relative links") },
  { kind: 'apache', tree: find(apacheTrees, "Debian's layout with mod_ssl not enabled") },
] as const

const machines: Machine[] = []
afterEach(async () => {
  for (const machine of machines.splice(0)) await machine.stop()
})

async function ready(kind: 'nginx' | 'apache', tree: Tree): Promise<Machine> {
  const machine = await Machine.create(kind, tree)
  machines.push(machine)
  expect(await machine.obtain()).toMatchObject({ status: 0 })
  return machine
}

/** Has the server's program fail when called with `word` for the `times`-th time. */
function sabotage(machine: Machine, word: string, times: number): () => void {
  const original = readFileSync(machine.ctl, 'utf8')
  const count = join(machine.folder, 'count')
  writeFileSync(count, '0')
  const guard = `case "$*" in *"${word}"*) n=$(($(cat '${count}') + 1)); echo $n > '${count}'; [ $n -ge ${times} ] && { echo sabotaged >&2; exit 1; };; esac\n`
  writeFileSync(machine.ctl, original.replace('exec', `${guard}exec`))
  chmodSync(machine.ctl, 0o755)
  return () => writeFileSync(machine.ctl, original)
}

const serves = (machine: Machine) =>
  fetch(`http://127.0.0.1:${machine.ports.http}/`, {
    headers: { host: 'www.example.ac.jp', connection: 'close' },
  }).then((answer) => answer.status < 500)

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

  it('kill -9 before any change to the disk leaves a server that works and a next run that repairs', async () => {
    const machine = await ready(kind, tree)
    const before = machine.snapshot()
    const preload = new URL('support/kill-at.mjs', import.meta.url).href
    for (let step = 1; ; step++) {
      const { signal } = await machine.install({
        NODE_OPTIONS: `--import ${preload}`,
        KILL_AT: String(step),
      })
      expect(await serves(machine)).toBe(true)
      // What a reboot at this moment would start with.
      expect(spawnSync(machine.ctl, ['-t']).status).toBe(0)
      if (signal !== 'SIGKILL') {
        expect(step).toBeGreaterThan(10)
        break
      }
    }
    expect(await machine.install()).toMatchObject({ status: 0 })
    expect((await machine.shown()).serialNumber).toBe(await machine.liveSerial())
    expect(await machine.rollback()).toMatchObject({ status: 0 })
    expect(withoutLeftovers(machine.snapshot())).toEqual(before)
  }, 300_000)

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

/** A temporary file of a killed run is named for what it is, and no server reads it. */
const withoutLeftovers = (snapshot: Record<string, string>) =>
  Object.fromEntries(Object.entries(snapshot).filter(([path]) => !path.endsWith('tmp')))

const canMount = (() => {
  if (process.getuid?.() !== 0) return false
  const folder = '/tmp/upki-mount-probe'
  mkdirSync(folder, { recursive: true })
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder]).status === 0
  if (mounted) spawnSync('umount', [folder])
  return mounted
})()
if (!canMount) console.warn('SKIPPED: no tmpfs can be mounted here, so the full disk is not tried')

describe.skipIf(!canMount)('a full disk', () => {
  it('under the configuration leaves every byte as it was', async () => {
    const machine = await ready('nginx', kinds[0].tree)
    const folder = join(machine.root, 'sites-available')
    const kept = readdirSync(folder).map((name) => [name, readFileSync(join(folder, name))] as const)
    expect(spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder]).status).toBe(0)
    try {
      for (const [name, content] of kept) writeFileSync(join(folder, name), content)
      const before = machine.snapshot()
      spawnSync('sh', ['-c', `cat /dev/zero > '${folder}/filler'`])
      const { status, stderr } = await machine.install()
      expect(status).toBe(1)
      expect(stderr).toMatch(/ENOSPC|no space/)
      spawnSync('rm', [join(folder, 'filler')])
      expect(machine.snapshot()).toEqual(before)
      expect(await machine.install()).toMatchObject({ status: 0 })
    } finally {
      spawnSync('umount', ['-l', folder])
    }
  })

  it('under the journal changes nothing at all', async () => {
    const machine = await ready('nginx', kinds[0].tree)
    const before = machine.snapshot()
    const backups = join(machine.clientFolder, 'work', 'backups')
    mkdirSync(backups, { recursive: true })
    expect(spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=16k', 'tmpfs', backups]).status).toBe(0)
    try {
      spawnSync('sh', ['-c', `cat /dev/zero > '${backups}/filler'`])
      expect(await machine.install()).toMatchObject({ status: 1 })
      expect(machine.snapshot()).toEqual(before)
      expect(existsSync(join(backups, '1'))).toBe(false)
    } finally {
      spawnSync('umount', ['-l', backups])
    }
  })
})
