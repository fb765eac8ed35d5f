import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { explainError } from '../commands/explain-error.js'
import { chooseProxy } from './choose-proxy.js'
import { Transport } from './transport.js'

const variables = ['https_proxy', 'all_proxy', 'no_proxy', 'npm_config_https_proxy', 'npm_config_proxy']
beforeEach(() => {
  for (const name of variables) vi.stubEnv(name, '').stubEnv(name.toUpperCase(), '')
})
afterEach(() => {
  vi.unstubAllEnvs()
})

const gateway = new URL('https://upki.example.ac.jp/acme/directory')

describe('chooseProxy', () => {
  it.each<{ name: string; env: Record<string, string>; proxy?: string }>([
    { name: 'none', env: {} },
    {
      name: 'one with its scheme',
      env: { HTTPS_PROXY: 'http://proxy.example.ac.jp:3128' },
      proxy: 'http://proxy.example.ac.jp:3128/',
    },
    {
      name: 'one that speaks TLS',
      env: { https_proxy: 'https://proxy.example.ac.jp:3129' },
      proxy: 'https://proxy.example.ac.jp:3129/',
    },
    {
      name: 'one without a scheme as http',
      env: { https_proxy: 'proxy.example.ac.jp:3128' },
      proxy: 'http://proxy.example.ac.jp:3128/',
    },
    { name: 'none where NO_PROXY names the server', env: { all_proxy: 'http://p:1', no_proxy: '.ac.jp' } },
  ])('takes $name', async ({ env, proxy }) => {
    for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value)
    expect((await chooseProxy(gateway))?.href).toBe(proxy)
  })

  it('takes none for this machine itself', async () => {
    vi.stubEnv('https_proxy', 'http://proxy.example.ac.jp:3128')
    expect(await chooseProxy(new URL('https://127.0.0.1:8443/'))).toBeUndefined()
  })
})

describe('a proxy that cannot be used', () => {
  it.each([
    { name: 'no URL', value: 'http://taro:secret@pro xy:3128' },
    { name: 'a port that is none', value: 'http://taro:secret@proxy.example.ac.jp:99999' },
    { name: 'SOCKS', value: 'socks5://taro:secret@proxy.example.ac.jp:1080' },
  ])('ends the command in a sentence without the password: $name', async ({ value }) => {
    vi.stubEnv('https_proxy', value)
    const { signal } = new AbortController()
    const options = { directory: gateway, userAgent: 'test', language: 'en', log: () => undefined, signal }
    const transport = new Transport(options)
    // What else a command does before its first request: nothing may be rejected unheard meanwhile.
    await sleep(1)
    const { outcome, text } = await transport
      .send('GET', gateway.href)
      .then(() => expect.fail('it should have failed'), explainError)
    await transport.close()
    expect(outcome).toBe('usage')
    expect(text.en).toContain('HTTPS_PROXY')
    expect(text.en).not.toContain('secret')
  })
})
