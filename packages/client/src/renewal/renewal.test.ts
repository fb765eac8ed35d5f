import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { runInstallTimer } from '../commands/renew/timer.js'
import { readTlsWishes } from '../installers/install-lineage.js'
import { chooseDirectories, type Directories } from '../keystore/directories.js'
import { Reporter } from '../terminal/reporter.js'
import { makeWorkspace, type Workspace } from '../testing/run-in-process.js'
import { nextTryAfter, noteFailure, readState } from './deployment-state.js'
import { chosenMoment, drawFrom, isDue, isPaused } from './due.js'
import { readRenewalConfig, savedOptions, updateRenewalConfig, writeRenewalConfig } from './renewal-config.js'
import { renderCron, renderService } from './timer.js'

const day = 86_400_000
const life = { notBefore: new Date(0), notAfter: new Date(90 * day) }
const at = (days: number) => new Date(days * day)

describe('savedOptions', () => {
  it.each([
    { title: 'text as it is', given: { nginxCtl: '/x y' }, saved: { nginxCtl: '/x y' } },
    { title: 'a number as text', given: { httpsPort: 8443 }, saved: { httpsPort: '8443' } },
    { title: 'what was turned off', given: { preflight: false }, saved: { preflight: 'false' } },
    { title: 'not what is on anyway', given: { preflight: true }, saved: {} },
    {
      title: 'what was turned on',
      given: { redirect: true, hsts: true },
      saved: { redirect: 'true', hsts: 'true' },
    },
    {
      title: 'what was turned off again',
      given: { redirect: false, hsts: undefined },
      saved: { redirect: 'false' },
    },
    { title: 'nothing of one run', given: { forceRenewal: true, dryRun: true }, saved: {} },
  ])('keeps $title', ({ given, saved }) => {
    expect(savedOptions(given)).toEqual(saved)
  })

  it.each([
    { kept: {}, wishes: { redirect: false, hsts: false, httpsPort: undefined } },
    {
      kept: { redirect: 'true', hsts: 'false', httpsPort: '8443' },
      wishes: { redirect: true, hsts: false, httpsPort: 8443 },
    },
  ])('$kept is installed as $wishes', ({ kept, wishes }) => {
    expect(readTlsWishes(kept)).toEqual(wishes)
  })
})

describe('isDue', () => {
  const window = { start: at(50), end: at(60) }
  it.each([
    { name: 'not before the last third', window: undefined, serial: '00', now: at(60), due: false },
    { name: 'in the last third', window: undefined, serial: '00', now: at(60.01), due: true },
    {
      name: 'at the beginning of the window for the least serial',
      window,
      serial: '00000000',
      now: at(50),
      due: true,
    },
    {
      name: 'not before the end of the window for the greatest',
      window,
      serial: 'FFFFFFFF',
      now: at(59.99),
      due: false,
    },
    { name: 'at the end of the window for all', window, serial: 'FFFFFFFF', now: at(60), due: true },
    {
      name: 'by lifetime when the window is upside down',
      window: { start: at(60), end: at(50) },
      serial: '00',
      now: at(55),
      due: false,
    },
    {
      name: 'at once for a window in the past',
      window: { start: at(1), end: at(2) },
      serial: 'FF',
      now: at(3),
      due: true,
    },
  ])('$name', ({ window: asked, serial, now, due }) => {
    expect(isDue(life, serial, asked, now)).toBe(due)
  })
  it('chooses the same moment in every run', () => {
    const draw = drawFrom('475CC8930CAEB4ED336F4A1437D24569')
    expect(chosenMoment(window, draw)).toEqual(chosenMoment(window, draw))
    expect(draw).toBeGreaterThan(0)
    expect(draw).toBeLessThan(1)
  })
})

describe('pauses after failures', () => {
  it.each([
    { failures: 1, hours: 1 },
    { failures: 2, hours: 2 },
    { failures: 5, hours: 16 },
    { failures: 6, hours: 24 },
    { failures: 50, hours: 24 },
  ])('$failures in a row: $hours h', ({ failures, hours }) => {
    expect(nextTryAfter(failures, at(0))).toEqual(new Date(hours * 3_600_000))
  })
  it('end when the certificate is about to', () => {
    const state = { nextTry: at(100).toISOString() }
    expect(isPaused(state, life, at(87.9))).toBe(true)
    expect(isPaused(state, life, at(88.1))).toBe(false)
  })
})

describe('on disk', () => {
  let workspace: Workspace
  let directories: Directories
  beforeEach(async () => {
    workspace = await makeWorkspace()
    directories = chooseDirectories({ config: workspace.configDir })
  })
  afterEach(() => workspace.remove())

  it('a renewal configuration comes back as written, whatever is in it', async () => {
    const parameters = {
      server: 'https://a.jp/acme;x#y',
      account: 'a'.repeat(32),
      keyType: 'p384' as const,
      deployHook: `systemctl reload "x" && echo '=;#'`,
      testCommand: 'true',
      filesKey: '/設定/鍵 1.pem',
    }
    await writeRenewalConfig(directories, 'a', parameters)
    expect(await readRenewalConfig(directories, 'a')).toEqual(parameters)
    await updateRenewalConfig(
      directories,
      'a',
      savedOptions({ installer: 'files', httpsPort: 443, quiet: true }),
    )
    expect(await readRenewalConfig(directories, 'a')).toEqual({
      ...parameters,
      installer: 'files',
      httpsPort: '443',
    })
  })

  it.each([
    {
      text: String.raw`find /etc/pki -name '*.pem' -exec chgrp tls {} \; -print`,
      why: 'find ends a command so',
    },
    { text: String.raw`sed -i 's/^\#x/x/' /etc/app.conf`, why: 'a # that is escaped' },
    { text: String.raw`printf 'a\\nb'`, why: 'two backslashes' },
    { text: String.raw`copy x \\host\share`, why: 'a share of Windows' },
    { text: `'`, why: 'a single quote' },
    { text: 'null', why: 'a word of JSON' },
    { text: ' echo ', why: 'blanks around' },
  ])('a deploy-hook comes back as written: $text ($why)', async ({ text }) => {
    const parameters = { server: 'https://a.jp/', account: 'a', keyType: 'p384' as const, deployHook: text }
    await writeRenewalConfig(directories, 'a', parameters)
    expect(await readRenewalConfig(directories, 'a')).toEqual(parameters)
  })

  it('failures are counted, and a state that cannot be read counts as none', async () => {
    await noteFailure(directories, 'a', 'first', at(0))
    await noteFailure(directories, 'a', 'second', at(0))
    expect(await readState(directories, 'a')).toMatchObject({ failures: 2, lastError: 'second' })
    writeFileSync(workspace.path('work', 'state', 'a.json'), '{')
    expect(await readState(directories, 'a')).toEqual({})
  })

  it.each([
    {
      name: 'a systemd timer where systemd is',
      folders: ['run/systemd/system', 'etc/systemd/system'],
      file: 'etc/systemd/system/upki-client.timer',
    },
    { name: 'a cron entry elsewhere', folders: ['etc/cron.d'], file: 'etc/cron.d/upki-client' },
  ])('--install-timer writes $name', async ({ folders, file }) => {
    for (const folder of folders) mkdirSync(workspace.path(folder), { recursive: true })
    const silent = { write: () => true }
    const reporter = new Reporter({
      language: 'en',
      quiet: true,
      json: false,
      stdout: silent,
      stderr: silent,
    })
    const context = {
      language: 'en' as const,
      reporter,
      signal: new AbortController().signal,
      now: () => new Date(),
      table: [],
    }
    await runInstallTimer({ timeout: 1 }, context, workspace.configDir)
    expect(existsSync(workspace.path(file))).toBe(true)
    expect(readFileSync(workspace.path(file), 'utf8')).toContain('twice a day')
  })
})

describe('the timer files', () => {
  const program = { node: '/usr/bin/node', script: '/opt/up ki/100%.js', args: ['--config-dir', "/etc/it's"] }
  it('quote for systemd', () => {
    expect(renderService(program)).toContain(
      `ExecStart=/usr/bin/node "/opt/up ki/100%%.js" renew -q --no-random-sleep-on-renew --config-dir "/etc/it's"`,
    )
  })
  it('name the single executable once', () => {
    const single = { node: '/opt/upki-client', args: [] }
    expect(renderService(single)).toContain('ExecStart=/opt/upki-client renew -q')
    expect(renderCron(single, 7, 3)).toContain('root /opt/upki-client renew -q')
  })
  it('quote for the shell and for cron', () => {
    expect(renderCron(program, 7, 3)).toContain(
      `7 3,15 * * * root /usr/bin/node '/opt/up ki/100\\%.js' renew -q --config-dir '/etc/it'\\''s'`,
    )
  })
})
