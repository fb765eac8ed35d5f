import { readdirSync, readFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { AcmeServer } from '../../testing/acme-server.js'
import { capture, makeWorkspace, type Workspace } from '../../testing/run-in-process.js'
import { runAccount, type AccountAction, type AccountOptions } from './run.js'

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

const account = (action: AccountAction, options: Partial<AccountOptions> = {}) =>
  runAccount(
    action,
    { configDir: workspace.configDir, server: server.directoryUrl, allowHttp: true, ...options },
    capture().context,
  )

function storedKey(file = 'private_key.json'): string {
  const [host = ''] = readdirSync(workspace.path('accounts'))
  const [id = ''] = readdirSync(workspace.path('accounts', host, 'directory'))
  return readFileSync(workspace.path('accounts', host, 'directory', id, file), 'utf8')
}

describe('update-account --new-key', () => {
  it('replaces the key at the server and here, and the account speaks with it', async () => {
    await account('register')
    const before = storedKey()
    await account('update', { newKey: true })
    expect(storedKey()).not.toBe(before)
    expect(await account('show')).toBe('done')
  })

  it('finishes a change whose answer was lost', async () => {
    await account('register')
    const before = storedKey()
    server.settings.loseAnswers = 1
    await account('update', { newKey: true }).catch(() => undefined)
    expect(storedKey()).toBe(before)
    await account('update', { newKey: true })
    expect(storedKey()).not.toBe(before)
    expect(await account('show')).toBe('done')
  })

  it('that was cut short after the server took the key: any later command finds out which counts', async () => {
    await account('register')
    const before = storedKey()
    server.settings.loseAnswers = 1
    await account('update', { newKey: true }).catch(() => undefined)
    const next = storedKey('next_private_key.json')
    expect(await account('show')).toBe('done')
    expect(storedKey()).toBe(next)
    expect(storedKey()).not.toBe(before)
    expect(await account('show')).toBe('done')
  })

  it('that was cut short before the server heard of it: the key of before counts, and the next is kept', async () => {
    await account('register')
    const before = storedKey()
    server.settings.tamper = (path) => (path === '/key-change' ? 'hang up' : undefined)
    await account('update', { newKey: true }).catch(() => undefined)
    server.settings.tamper = undefined
    const next = storedKey('next_private_key.json')
    expect(await account('show')).toBe('done')
    expect(storedKey()).toBe(before)
    await account('update', { newKey: true })
    expect(storedKey()).toBe(next)
    expect(await account('show')).toBe('done')
  })
})
