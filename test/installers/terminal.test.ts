/** Questions on a real terminal, as certbot asks them: answers are taken, and Ctrl-C leaves nothing half done. */
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { makeDirectory, removeDirectory, startIn, type TestSystem } from '../support/system.js'
import { Machine } from './support/machine.js'
import { Terminal } from './support/terminal.js'
import { nginxTrees } from './trees/nginx.js'

const bundle = fileURLToPath(new URL('../../packages/client/dist/upki-client.js', import.meta.url))
const hasTmux = (() => {
  try {
    return execFileSync('tmux', ['-V']).length > 0
  } catch {
    console.warn('SKIPPED: tmux is not installed, so nothing is asked on a terminal')
    return false
  }
})()

const directory = makeDirectory()
const file = (name: string) => join(directory, name)
let system: TestSystem
let machine: Machine
let terminal: Terminal
beforeAll(async () => {
  if (!hasTmux) return
  system = await startIn(directory)
  await system.turnKnobs({ latencyMs: 0 })
  const tree = nginxTrees.find(({ name }) => name.startsWith("Debian's sites-enabled"))!
  machine = await Machine.create('nginx', tree, [])
})
afterEach(() => {
  if (hasTmux) terminal.close()
})
afterAll(async () => {
  if (!hasTmux) return
  await machine.stop()
  await system.stop()
  removeDirectory(directory)
})

const start = (args: string[], env: Record<string, string> = {}) => {
  const all = [process.execPath, bundle, ...args, '--config-dir', machine.clientFolder]
  terminal = new Terminal(all, { UPKI_CLIENT_CA_FILE: file('ca.pem'), ...env })
  return terminal
}
const eab = () => JSON.parse(readFileSync(file('eab.json'), 'utf8')) as { kid: string; hmacKey: string }
const server = () => `${system.url}/acme/directory`
const names = 'Please enter the domain name(s)'
const kept = (...parts: string[]) => join(machine.clientFolder, ...parts)

describe.skipIf(!hasTmux)('on a terminal', () => {
  it('certonly is left by Ctrl-C at a question, with nothing done', async () => {
    const asked = start(['certonly'])
    await asked.shows(names)
    asked.press('C-c')
    await asked.shows('Cancelled; nothing was changed.')
    await asked.endsWith(130)
    expect(existsSync(kept('accounts'))).toBe(false)
  })

  it('certonly asks for names, server and credential, and shows nothing of the secret', async () => {
    const asked = start(['certonly'])
    await asked.answer(names, 'mail.example.ac.jp, imap.example.ac.jp')
    await asked.answer('Directory URL of the ACME server', server())
    await asked.answer('EAB key id', eab().kid)
    await asked.answer('EAB HMAC key', eab().hmacKey)
    await asked.endsWith(0)
    expect(asked.screen).not.toContain(eab().hmacKey.slice(0, 8))
    expect(existsSync(kept('live', 'mail.example.ac.jp', 'privkey.pem'))).toBe(true)
  })

  it('certonly asks whether to keep or to renew what is there', async () => {
    const asked = start([
      'certonly',
      '-d',
      'mail.example.ac.jp',
      '-d',
      'imap.example.ac.jp',
      '--server',
      server(),
    ])
    await asked.shows('1: Keep the existing certificate for now')
    await asked.answer("(press 'c' to cancel)", '1')
    await asked.endsWith(0)
    expect(readdirSync(kept('archive', 'mail.example.ac.jp'))).toHaveLength(4)
  })

  it('run, stopped by Ctrl-C while it waits, goes on with the same order when it is run again', async () => {
    const args = ['run', ...machine.installerOptions]
    await system.turnKnobs({ latencyMs: 3_600_000 })
    const stopped = start(args)
    await stopped.answer(names, 'www.example.ac.jp')
    await stopped.answer('Directory URL of the ACME server', server())
    await stopped.shows('Ctrl-C is safe')
    stopped.press('C-c')
    await stopped.shows('Interrupted. The order goes on at the server')
    await stopped.endsWith(130)
    const key = readFileSync(kept('work', 'orders', 'www.example.ac.jp', 'privkey.pem'), 'utf8')
    stopped.close()
    await system.turnKnobs({ latencyMs: 0 })
    const again = start(args)
    await again.answer(names, 'www.example.ac.jp')
    await again.answer('Directory URL of the ACME server', server())
    await again.shows('www.example.ac.jp is installed and seen on the wire')
    await again.endsWith(0)
    expect(readFileSync(kept('live', 'www.example.ac.jp', 'privkey.pem'), 'utf8')).toBe(key)
  })

  it('revoke asks which certificate, and c cancels', async () => {
    const asked = start(['revoke'])
    await asked.shows('Which certificate?')
    await asked.answer("(press 'c' to cancel)", 'c')
    await asked.endsWith(130)
    expect(asked.screen).toContain('Cancelled; nothing was changed.')
  })

  it('revoke revokes the one that is chosen', async () => {
    const asked = start(['revoke'])
    await asked.answer("(press 'c' to cancel)", '1')
    await asked.shows('The server took the revocation of certificate')
    await asked.endsWith(0)
  })

  it('delete asks whether one is sure', async () => {
    const refused = start(['delete'])
    await refused.answer("(press 'c' to cancel)", '1')
    await refused.answer('Are you sure you want to delete it?', 'n')
    await refused.endsWith(130)
    expect(existsSync(kept('live', 'mail.example.ac.jp'))).toBe(true)
    refused.close()
    const asked = start(['delete'])
    await asked.answer("(press 'c' to cancel)", '1')
    await asked.answer('Are you sure you want to delete it?', 'y')
    await asked.endsWith(0)
    expect(existsSync(kept('live', 'mail.example.ac.jp'))).toBe(false)
    expect(existsSync(kept('archive', 'mail.example.ac.jp'))).toBe(false)
  })

  it('unregister asks whether one is sure', async () => {
    const args = ['unregister', '--server', server()]
    const refused = start(args)
    await refused.answer('irrevocably deactivate your account', 'n')
    await refused.shows('The account is as it was.')
    await refused.endsWith(130)
    refused.close()
    const asked = start(args)
    await asked.answer('irrevocably deactivate your account', 'y')
    await asked.shows('State: deactivated')
    await asked.endsWith(0)
  })

  it('asks in Japanese where the locale is', async () => {
    const asked = start(['certonly'], { LANG: 'ja_JP.UTF-8', LC_ALL: 'C.UTF-8', UPKI_CLIENT_LANG: 'ja' })
    await asked.shows('証明書に入れるドメイン名を入力してください')
    asked.press('C-c')
    await asked.endsWith(130)
    expect(asked.screen).toContain('取り消しました')
  })
})
