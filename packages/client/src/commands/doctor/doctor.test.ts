import { chmodSync, mkdirSync, readFileSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { AcmeServer } from '../../testing/acme-server.js'
import { capture, certonlyIn, makeWorkspace, type Workspace } from '../../testing/run-in-process.js'
import { runReconfigure, type ReconfigureOptions } from '../reconfigure/run.js'
import { explainError } from '../explain-error.js'
import { noteFailure } from '../../renewal/deployment-state.js'
import { chooseDirectories } from '../../keystore/directories.js'
import { readRenewalConfig } from '../../renewal/renewal-config.js'
import { checkTimer } from './check-machine.js'
import { checkClock } from './check-server.js'
import type { Finding } from './finding.js'
import { runDoctor } from './run.js'

const name = 'www.example.jp'
let server: AcmeServer
let workspace: Workspace
beforeEach(async () => {
  server = await AcmeServer.start()
  workspace = await makeWorkspace()
  await certonlyIn(workspace, { domains: [name], server: server.directoryUrl, keyType: 'p384' })
})
afterEach(async () => {
  await server.stop()
  await workspace.remove()
})

async function doctor(now = new Date()) {
  const { context, captured } = capture({ now: () => now })
  const outcome = await runDoctor({ configDir: workspace.configDir }, context)
  const { checks } = JSON.parse(captured.stdout) as { checks: Finding[] }
  const bad = checks.filter(({ level }) => level === 'problem').map(({ check }) => check)
  return { outcome, checks, bad: [...new Set(bad)] }
}

describe('doctor', () => {
  it('finds nothing wrong with what certonly left', async () => {
    const { outcome, checks, bad } = await doctor()
    expect(bad).toEqual([])
    expect(outcome).toBe('done')
    const well = checks.filter(({ level }) => level === 'ok').map(({ check }) => check)
    expect(well).toEqual(
      expect.arrayContaining(['permissions', 'certificate', 'directory', 'clock', 'account']),
    )
  })

  it.each<{ title: string; harm: () => unknown; finds: string }>([
    {
      title: 'a key that others can read',
      harm: () => chmodSync(workspace.path('archive', name, 'privkey1.pem'), 0o644),
      finds: 'permissions',
    },
    {
      title: 'a folder that others can list',
      harm: () => chmodSync(workspace.path('archive'), 0o755),
      finds: 'permissions',
    },
    {
      title: 'a link that leads elsewhere',
      harm: () => {
        const link = join(workspace.path('live', name), 'chain.pem')
        unlinkSync(link)
        writeFileSync(workspace.path('other1.pem'), '')
        symlinkSync(workspace.path('other1.pem'), link)
      },
      finds: 'links',
    },
    {
      title: 'a chain without its CA',
      harm: () => {
        const path = workspace.path('archive', name, 'fullchain1.pem')
        rmSync(path)
        writeFileSync(path, readFileSync(workspace.path('archive', name, 'cert1.pem')))
      },
      finds: 'chain',
    },
    {
      title: 'a renewal configuration that is gone',
      harm: () => rmSync(workspace.path('renewal', `${name}.conf`)),
      finds: 'renewal',
    },
    {
      title: 'renewals that failed',
      harm: () =>
        noteFailure(chooseDirectories({ config: workspace.configDir }), name, 'no luck', new Date()),
      finds: 'renewal',
    },
    {
      title: 'an account that the server no longer has',
      harm: () => {
        server.settings.tamper = (path) =>
          path.startsWith('/account/') ? { status: 200, body: { status: 'deactivated' } } : undefined
      },
      finds: 'account',
    },
    { title: 'a server that is away', harm: () => server.stop(), finds: 'directory' },
  ])('finds $title, and says what to do', async ({ harm, finds }) => {
    await harm()
    const { outcome, bad, checks } = await doctor()
    expect(outcome).toBe('failed')
    expect(bad).toEqual([finds])
    const problems = checks.filter(({ level }) => level === 'problem')
    for (const { remedy, text } of problems) expect(`${text.ja}${remedy?.ja ?? ''}`).not.toBe('')
  })

  it('finds an expired certificate', async () => {
    const later = new Date(Date.now() + 400 * 86_400_000)
    expect((await doctor(later)).bad).toContain('certificate')
  })

  it.each([
    { minutes: 4, level: 'ok' },
    { minutes: -4, level: 'ok' },
    { minutes: 6, level: 'problem' },
    { minutes: -6, level: 'problem' },
  ])('takes a clock that is $minutes min off for $level', ({ minutes, level }) => {
    const now = new Date('2026-04-01T00:00:00Z')
    const date = new Date(now.getTime() - minutes * 60_000).toUTCString()
    expect(checkClock(date, now, 'server')).toMatchObject({ level })
  })

  it('knows the timers of systemd and cron', () => {
    expect(checkTimer(workspace.configDir).level).toBe('warning')
    mkdirSync(workspace.path('etc/cron.d'), { recursive: true })
    writeFileSync(workspace.path('etc/cron.d/upki-client'), '')
    expect(checkTimer(workspace.configDir).level).toBe('ok')
  })
})

describe('reconfigure', () => {
  const reconfigure = (options: ReconfigureOptions) =>
    runReconfigure({ configDir: workspace.configDir, certName: name, ...options }, capture().context)
  const settings = () => readRenewalConfig(chooseDirectories({ config: workspace.configDir }), name)

  it('changes what is given, keeps the rest, and takes away what is empty', async () => {
    await reconfigure({ deployHook: 'true', preHook: 'true' })
    await reconfigure({ preHook: '' })
    expect(await settings()).toMatchObject({ deployHook: 'true', keyType: 'p384' })
    expect((await settings())?.preHook).toBeUndefined()
    expect(server.orders).toHaveLength(1)
  })

  it('changes nothing when the new settings do not work', async () => {
    const { outcome, text } = await reconfigure({
      webroot: true,
      webrootPath: [workspace.path('missing')],
    }).then(() => expect.fail('it should have failed'), explainError)
    expect(outcome).toBe('failed')
    expect(text.en).toContain('missing')
    expect((await settings())?.authenticator).toBeUndefined()
  })
})
