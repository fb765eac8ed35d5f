/** What is handed out, installed as an administrator would: the npm package, the Debian package, the single executable. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, describe, expect, it } from 'vitest'

const folder = mkdtempSync(join(tmpdir(), 'upki 配布 '))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const run = (program: string, args: string[], cwd = folder) =>
  spawnSync(program, args, { cwd, encoding: 'utf8', env: { ...process.env, LANG: 'C', NODE_OPTIONS: '' } })
const script = (name: string) => fileURLToPath(new URL(`../../scripts/${name}`, import.meta.url))
const make = (name: string) => run(process.execPath, [script(name), folder])
const made = (ending: string) => readdirSync(folder).find((name) => name.endsWith(ending)) ?? ''

describe('the npm package', () => {
  it('is installed in an empty folder, without a registry, and run by npx', { timeout: 300_000 }, () => {
    expect(make('npm-package.mjs')).toMatchObject({ status: 0 })
    const home = join(folder, 'empty')
    mkdirSync(home)
    writeFileSync(join(home, 'package.json'), '{"private":true}')
    const options = ['--offline', '--no-audit', '--no-fund', '--silent']
    expect(run('npm', ['install', ...options, join(folder, made('.tgz'))], home)).toMatchObject({ status: 0 })
    const version = run('npx', ['--no-install', 'upki-client', '--version'], home)
    expect(version.stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
    const list = run(
      'npx',
      ['--no-install', 'upki-client', 'certificates', '--config-dir', join(home, 'c')],
      home,
    )
    expect(list.stdout).toContain('No certificates')
    expect(list.status).toBe(0)
  })
})

describe('the single executable', () => {
  it('runs where no node is on the PATH, with what its start does not need', { timeout: 300_000 }, () => {
    const file = join(folder, '実行 file')
    expect(run(process.execPath, [script('single-executable.mjs'), file])).toMatchObject({ status: 0 })
    const alone = (...args: string[]) =>
      spawnSync(file, args, { cwd: folder, encoding: 'utf8', env: { PATH: '', LANG: 'ja_JP.UTF-8' } })
    expect(alone('--help').stdout).toContain('certonly')
    const list = alone('certificates', '--config-dir', join(folder, 'none'))
    expect(list.stdout).toContain('証明書はなく')
    expect(list.status).toBe(0)
  })
})

/** Another program may hold dpkg's lock for a while. */
async function dpkg(...args: string[]) {
  for (let tries = 0; ; tries++) {
    const ended = run('dpkg', args)
    if (!/lock/.test(ended.stderr) || ended.status === 0 || tries > 100) return ended
    await sleep(1000)
  }
}

const isInstalled = () => run('dpkg', ['-s', 'upki-client']).status === 0
const canInstall =
  process.getuid?.() === 0 && existsSync('/usr/bin/dpkg') && !isInstalled() && !existsSync('/etc/upki-client')
if (!canInstall)
  console.warn('SKIPPED: the Debian package is tried as root only, on a machine that has it not yet')

describe.skipIf(!canInstall)('the Debian package', () => {
  it('is installed, runs, and leaves nothing when purged', { timeout: 300_000 }, async () => {
    expect(make('debian-package.mjs')).toMatchObject({ status: 0 })
    // Node.js may be there without being a package.
    const installed = await dpkg('--force-depends', '-i', join(folder, made('.deb')))
    try {
      expect(installed).toMatchObject({ status: 0 })
      expect(run('/usr/bin/upki-client', ['--version']).stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
      const files = run('dpkg', ['-L', 'upki-client']).stdout.split('\n')
      for (const wanted of ['upki-client.timer', 'upki-client.service', 'upki-client.8.gz', '_upki-client'])
        expect(files.some((file) => file.endsWith(`/${wanted}`))).toBe(true)
      const completion = '/usr/share/bash-completion/completions/upki-client'
      expect(run('bash', ['-n', completion])).toMatchObject({ status: 0 })
      expect(run('/usr/bin/upki-client', ['certificates']).status).toBe(0)
    } finally {
      expect(await dpkg('--purge', 'upki-client')).toMatchObject({ status: 0 })
    }
    for (const path of [
      '/usr/bin/upki-client',
      '/etc/cron.d/upki-client',
      '/etc/upki-client',
      '/var/lib/upki-client',
    ])
      expect({ path, there: existsSync(path) }).toEqual({ path, there: false })
    expect(run('find', ['/etc/systemd', '-name', 'upki-client*']).stdout).toBe('')
  })
})
