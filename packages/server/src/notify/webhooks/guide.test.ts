/** Runs the receivers of docs/notices.md as they stand, and calls them with good and bad signatures. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { makeSecret, signedHeaders } from './sign.js'

const guide = readFileSync(new URL('../../../../../docs/notices.md', import.meta.url), 'utf8')
const example = (language: string) =>
  new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``).exec(guide)?.[1] ?? ''

const secret = makeSecret()
const message = {
  id: '17',
  body: JSON.stringify({
    id: '17',
    type: 'certificate.issued',
    application: 'an-id',
    data: { name: '日本' },
  }),
}
const old = new Date(Date.now() - 3_600_000)

const freePort = () =>
  new Promise<number>((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })

const hasPython = spawnSync('python3', ['--version']).status === 0
if (!hasPython)
  console.warn('\n!!! SKIPPED: python3 is not installed, so its receiver of docs/notices.md was not run.\n')

const tsx = fileURLToPath(import.meta.resolve('tsx'))
const languages = [
  { language: 'ts', file: 'receiver.ts', command: [process.execPath, '--import', tsx], isThere: true },
  { language: 'python', file: 'receiver.py', command: ['python3'], isThere: hasPython },
]

describe.each(languages)('the receiver in $language', ({ language, file, command, isThere }) => {
  const directory = mkdtempSync(join(tmpdir(), 'upki-receiver-'))
  let child: ChildProcess | undefined
  let url: string
  let output = ''

  const call = async (headers: Record<string, string>, body = message.body) =>
    (await fetch(url, { method: 'POST', headers, body })).status

  beforeAll(async () => {
    if (!isThere) return
    writeFileSync(join(directory, 'package.json'), '{"type":"module"}')
    writeFileSync(join(directory, file), example(language))
    const port = await freePort()
    url = `http://127.0.0.1:${port}/`
    const [program = '', ...args] = command
    const env = { ...process.env, PORT: String(port), WEBHOOK_SECRET: secret }
    child = spawn(program, [...args, file], { cwd: directory, env, stdio: ['ignore', 'pipe', 'inherit'] })
    child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()))
    await vi.waitFor(() => call({}), { timeout: 60_000, interval: 100 })
  })
  afterAll(() => {
    child?.kill()
    rmSync(directory, { recursive: true, force: true })
  })

  it.skipIf(!isThere)('takes what the gateway signed', async () => {
    expect(await call(signedHeaders([secret], message, new Date()))).toBe(204)
    await vi.waitFor(() => expect(output).toContain('17 certificate.issued an-id'), { timeout: 30_000 })
  })

  it.skipIf(!isThere)('takes what is signed with a newer secret besides', async () => {
    expect(await call(signedHeaders([makeSecret(), secret], message, new Date()))).toBe(204)
  })

  it.skipIf(!isThere).each([
    { name: 'of another secret', headers: signedHeaders([makeSecret()], message, new Date()) },
    { name: 'of an hour ago', headers: signedHeaders([secret], message, old) },
    { name: 'of another body', headers: signedHeaders([secret], { ...message, body: '{}' }, new Date()) },
    { name: 'that is none', headers: {} },
    {
      name: 'whose time was changed',
      headers: {
        ...signedHeaders([secret], message, old),
        'webhook-timestamp': String(Math.floor(Date.now() / 1000)),
      },
    },
  ])('refuses a signature $name', async ({ headers }) => {
    expect(await call(headers)).toBe(401)
  })
})
