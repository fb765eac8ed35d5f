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

function storedKey(): string {
  const [host = ''] = readdirSync(workspace.path('accounts'))
  const [id = ''] = readdirSync(workspace.path('accounts', host, 'directory'))
  return readFileSync(workspace.path('accounts', host, 'directory', id, 'private_key.json'), 'utf8')
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
})
