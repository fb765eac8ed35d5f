import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ensureTls } from '../../../http/tls.js'
import { LoginKeeper } from './login-keeper.js'

const directory = mkdtempSync(join(tmpdir(), 'upki-login-'))
const at = (name: string) => join(directory, name)
const file = at('operator.json')

beforeAll(async () => {
  await ensureTls(directory, '127.0.0.1')
  const login = {
    url: 'https://127.0.0.1',
    certFile: at('tls.pem'),
    keyFile: at('tls.key'),
    caFile: at('ca.pem'),
  }
  writeFileSync(file, JSON.stringify(login))
})
afterAll(() => rmSync(directory, { recursive: true }))

describe('LoginKeeper', () => {
  it('gives visits one after the other the same connections', async () => {
    const keeper = new LoginKeeper(file)
    const first = await keeper.visit((opened) => opened)
    expect(await keeper.visit((opened) => opened)).toBe(first)
    keeper.forget()
  })

  it('gives visits one after the other what the service knows the visitor by, and no two at once the same', async () => {
    const keeper = new LoginKeeper(file)
    const [first, second] = await keeper.visit(async (_, outer) => [
      outer,
      await keeper.visit((__, inner) => Promise.resolve(inner)),
    ])
    expect(second).not.toBe(first)
    const later = await keeper.visit((_, signedIn) => Promise.resolve(signedIn))
    expect([first, second]).toContain(later)
    keeper.forget()
  })

  it('begins anew after a fault', async () => {
    const keeper = new LoginKeeper(file)
    const first = await keeper.visit((opened) => opened)
    await expect(keeper.visit(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken')
    expect(first.agent.destroyed).toBe(true)
    expect(await keeper.visit((opened) => opened)).not.toBe(first)
    keeper.forget()
  })

  it('leaves a visit under way its connections when another one fails', async () => {
    const keeper = new LoginKeeper(file)
    await keeper.visit(async (opened) => {
      const { agent } = await opened
      await expect(keeper.visit(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken')
      await new Promise(setImmediate)
      expect(agent.destroyed).toBe(false)
    })
  })

  it('reads the credential again after it could not be read', async () => {
    const keeper = new LoginKeeper(at('later.json'))
    await expect(keeper.visit((opened) => opened)).rejects.toThrow('ENOENT')
    writeFileSync(
      at('later.json'),
      JSON.stringify({
        url: 'https://127.0.0.1',
        certFile: at('tls.pem'),
        keyFile: at('tls.key'),
        caFile: at('ca.pem'),
      }),
    )
    expect((await keeper.visit((opened) => opened)).origin).toBe('https://127.0.0.1')
    keeper.forget()
  })
})
