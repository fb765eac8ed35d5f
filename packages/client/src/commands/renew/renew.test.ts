/** `renew` as a whole, against an ACME server in this process: many certificates, two runs, people who take their time. */
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { chooseDirectories } from '../../keystore/directories.js'
import { acquireLock } from '../../keystore/lock.js'
import { updateRenewalConfig } from '../../renewal/renewal-config.js'
import { readState, updateState } from '../../renewal/deployment-state.js'
import { AcmeServer } from '../../testing/acme-server.js'
import { capture, certonlyIn, makeWorkspace, type Workspace } from '../../testing/run-in-process.js'
import { explainError } from '../explain-error.js'
import type { RenewOptions } from './options.js'
import { runRenew } from './run.js'

let server: AcmeServer
let workspace: Workspace
beforeEach(async () => {
  server = await AcmeServer.start()
  workspace = await makeWorkspace()
})
afterEach(async () => {
  await server.stop()
  await workspace.remove()
})

/** Without the pause of runs that nobody watches. */
async function renew(options: Partial<RenewOptions> = {}, now = new Date()) {
  const { context, captured } = capture({ now: () => now })
  const outcome = await runRenew(
    { configDir: workspace.configDir, timeout: 30, randomSleepOnRenew: false, ...options },
    context,
  )
  return {
    outcome,
    captured,
    result: JSON.parse(captured.stdout) as { certificates: { name: string; outcome: string }[] },
  }
}
const obtain = (name: string, options: Parameters<typeof certonlyIn>[1] = {}) =>
  certonlyIn(workspace, { domains: [name], server: server.directoryUrl, keyType: 'p384', ...options })
const outcomes = ({ result }: Awaited<ReturnType<typeof renew>>) =>
  Object.fromEntries(result.certificates.map(({ name, outcome }) => [name, outcome]))

describe('renew', () => {
  it('renews many certificates in one run, each with a new key, and asks again for none', async () => {
    const names = Array.from({ length: 12 }, (_, index) => `n${index}.example.jp`)
    // The first makes the account, which is locked meanwhile.
    await obtain(names[0]!)
    await Promise.all(names.slice(1).map((name) => obtain(name)))
    const results = outcomes(await renew({ forceRenewal: true }))
    expect(results).toEqual(Object.fromEntries(names.map((name) => [name, 'renewed'])))
    const keys = names.flatMap((name) =>
      [1, 2].map((version) => readFileSync(workspace.path('archive', name, `privkey${version}.pem`), 'utf8')),
    )
    expect(new Set(keys).size).toBe(24)
    expect(server.orders).toHaveLength(24)
    expect(new Set(Object.values(outcomes(await renew())))).toEqual(new Set(['kept']))
    expect(server.orders).toHaveLength(24)
  })

  it('orders all before it waits for the first, and waits for all of them together', async () => {
    const names = ['a', 'b', 'c', 'd', 'e'].map((name) => `${name}.example.jp`)
    for (const name of names) await obtain(name)
    const before = server.requests.length
    server.settings.processingAnswers = Infinity
    const results = outcomes(await renew({ forceRenewal: true, timeout: 1 }))
    expect(results).toEqual(Object.fromEntries(names.map((name) => [name, 'pending'])))
    const paths = server.requests.slice(before).map(({ path }) => path)
    expect(paths.filter((path) => path.startsWith('/finalize/'))).toHaveLength(5)
    const looksAfter = paths.slice(paths.findLastIndex((path) => path.startsWith('/finalize/')) + 1)
    // The first waits a second and looks again; then the time is over for the others too.
    expect(looksAfter.length).toBeGreaterThanOrEqual(5)
    expect(looksAfter.length).toBeLessThanOrEqual(6)
    server.settings.processingAnswers = 0
    expect(outcomes(await renew())).toEqual(Object.fromEntries(names.map((name) => [name, 'renewed'])))
    expect(server.orders).toHaveLength(10)
  })

  it('of two runs at once lets one work', async () => {
    await obtain('a.example.jp')
    const lock = await acquireLock(workspace.path('locks', 'renew'))
    const refused = await renew({ forceRenewal: true }).catch(explainError)
    lock.release()
    expect(refused).toMatchObject({ outcome: 'failed' })
    expect(server.orders).toHaveLength(1)
    expect(outcomes(await renew({ forceRenewal: true }))).toEqual({ 'a.example.jp': 'renewed' })
  })

  it('goes on with orders that take days, first ones too, with the key they began with', async () => {
    await obtain('old.example.jp')
    server.settings.processingAnswers = Infinity
    await obtain('new.example.jp', { wait: false }).catch(() => undefined)
    const waiting = await renew({ forceRenewal: true, timeout: 1 })
    expect(waiting.outcome).toBe('done')
    expect(outcomes(waiting)).toEqual({ 'old.example.jp': 'pending', 'new.example.jp': 'pending' })
    const key = readFileSync(workspace.path('work', 'orders', 'new.example.jp', 'privkey.pem'), 'utf8')
    server.settings.processingAnswers = 0
    expect(outcomes(await renew())).toEqual({ 'old.example.jp': 'renewed', 'new.example.jp': 'renewed' })
    expect(server.orders).toHaveLength(3)
    expect(readFileSync(workspace.path('live', 'new.example.jp', 'privkey.pem'), 'utf8')).toBe(key)
  })

  it('mails what failed by the sendmail of the machine', async () => {
    await obtain('a.example.jp')
    const program = workspace.path('sendmail')
    writeFileSync(program, `#!/bin/sh\ncat > '${workspace.path('mail')}'\n`, { mode: 0o755 })
    server.settings.tamper = (path) =>
      path === '/new-order'
        ? { status: 403, body: { type: 'about:blank', detail: 'out of order today' } }
        : undefined
    const { outcome } = await renew({ forceRenewal: true, failureMail: 'root@example.jp', sendmail: program })
    expect(outcome).toBe('failed')
    const [head = '', body = ''] = readFileSync(workspace.path('mail'), 'utf8').split('\n\n')
    expect(head).toContain('To: root@example.jp')
    expect(Buffer.from(body, 'base64').toString()).toMatch(/a\.example\.jp:\n.*out of order today/)
  })

  it.each([
    { asked: '3600', hours: 6, why: 'every six hours at most' },
    { asked: '43200', hours: 12, why: 'as the CA asks' },
    { asked: '864000', hours: 24, why: 'every day at least' },
  ])('asks for renewal information $why, where it is told $asked seconds', async ({ asked, hours }) => {
    const names = ['a.example.jp']
    server.settings.chain = (_pem, { publicKey }) =>
      server.ca.issue({ names, publicKey, namesIssuerKey: true })
    await obtain('a.example.jp')
    const suggestedWindow = { start: '2090-01-01T00:00:00Z', end: '2090-01-02T00:00:00Z' }
    server.settings.tamper = (path) => {
      if (path === '/directory') return { status: 200, body: { renewalInfo: `${server.directoryUrl}/ari` } }
      if (!path.includes('/ari/')) return undefined
      return { status: 200, body: { suggestedWindow }, headers: { 'retry-after': asked } }
    }
    const now = new Date()
    await renew({}, now)
    const state = await readState(chooseDirectories({ config: workspace.configDir }), 'a.example.jp')
    expect(state.advice).toMatchObject({ window: { start: '2090-01-01T00:00:00.000Z' } })
    expect(Date.parse(state.advice?.until ?? '')).toBe(now.getTime() + hours * 3_600_000)
  })

  it('tells the gateway once what was seen on the wire, and again when that failed', async () => {
    await obtain('a.example.jp')
    const directories = chooseDirectories({ config: workspace.configDir })
    const url = server.directoryUrl.replace('/directory', '/order/0')
    const { result } = await renew({ dryRun: true, forceRenewal: true })
    expect(result.certificates).toHaveLength(1)
    const step = { serial: 'AB', at: '2026-01-01T00:00:00Z' }
    await updateState(directories, 'a.example.jp', { seen: step, confirm: { url, serial: 'AB' } })
    let told = 0
    let status = 503
    server.settings.tamper = (path) => {
      if (path !== '/order/0') return undefined
      told++
      return status === 200 ? { status, body: { seenLive: true, replaced: '1' } } : { status, body: {} }
    }
    expect((await renew()).captured.stderr).toContain('could not be told')
    status = 200
    expect((await renew()).captured.stderr).toContain('will be revoked')
    await renew()
    expect(told).toBe(2)
  })

  it('runs a deploy-hook that failed again in the next run, until it succeeds', async () => {
    const [gate, deployed] = [workspace.path('gate'), workspace.path('deployed')]
    await obtain('a.example.jp')
    await updateRenewalConfig(chooseDirectories({ config: workspace.configDir }), 'a.example.jp', {
      deployHook: `test -e '${gate}' && echo "$RENEWED_DOMAINS" >> '${deployed}'`,
    })
    const failed = await renew({ forceRenewal: true })
    expect(outcomes(failed)).toEqual({ 'a.example.jp': 'failed' })
    writeFileSync(gate, '')
    const later = new Date(Date.now() + 2 * 3_600_000)
    expect(outcomes(await renew({}, later))).toEqual({ 'a.example.jp': 'installed' })
    expect(outcomes(await renew({}, later))).toEqual({ 'a.example.jp': 'kept' })
    expect(readFileSync(deployed, 'utf8')).toBe('a.example.jp\n')
    expect(server.orders).toHaveLength(2)
  })

  it('orders where the place of the PKCS#12 is away, and writes it once it is back', async () => {
    const [folder, password] = [workspace.path('share'), workspace.path('password')]
    mkdirSync(folder)
    writeFileSync(password, 'secret')
    const p12 = join(folder, 'a.p12')
    await obtain('a.example.jp', { p12, p12PasswordFile: password })
    rmSync(folder, { recursive: true })
    expect(outcomes(await renew({ forceRenewal: true }))).toEqual({ 'a.example.jp': 'failed' })
    expect(server.orders).toHaveLength(2)
    mkdirSync(folder)
    const later = new Date(Date.now() + 2 * 3_600_000)
    expect(outcomes(await renew({}, later))).toEqual({ 'a.example.jp': 'installed' })
    expect(existsSync(p12)).toBe(true)
    expect(server.orders).toHaveLength(2)
  })

  it('--dry-run writes no certificate and orders nothing', async () => {
    await obtain('a.example.jp')
    expect(outcomes(await renew({ dryRun: true, forceRenewal: true }))).toEqual({ 'a.example.jp': 'planned' })
    expect(server.orders).toHaveLength(1)
    expect(readdirSync(workspace.path('archive', 'a.example.jp'))).toHaveLength(4)
  })
})
