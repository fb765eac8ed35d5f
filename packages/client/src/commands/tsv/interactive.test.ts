/** The prompts of `tsv build` and `tsv fix`, driven through a pseudo terminal as a person would type. */
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { decodeShiftJis } from '@upki-gateway/shared/tsv'

const repository = fileURLToPath(new URL('../../../../../', import.meta.url))
let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'upki-tty-'))
  const bundle = join(folder, 'upki-client.mjs')
  execFileSync(process.execPath, [join(repository, 'scripts', 'bundle-client.mjs'), bundle])
  const registered = ['--organization', 'Example University', '--locality', 'Chiyoda-ku', '--state', 'Tokyo']
  execFileSync(process.execPath, [
    bundle,
    'csr',
    ...registered,
    '-o',
    join(folder, 'www'),
    'www.example.ac.jp',
  ])
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const enter = '\r'
const down = '\x1b[B'

/** A program on a terminal of its own: `script` of util-linux (Debian's essential bsdutils) makes one. */
class Terminal {
  readonly #child: ChildProcessWithoutNullStreams
  readonly #status: Promise<number | null>
  #shown = ''
  #read = 0

  constructor(...args: string[]) {
    const command = [process.execPath, 'upki-client.mjs', 'tsv', ...args].map((word) => `'${word}'`).join(' ')
    const env = { PATH: process.env.PATH, LANG: 'C.UTF-8', TERM: 'xterm', SHELL: '/bin/sh' }
    this.#child = spawn('script', ['-qefc', `stty cols 160 rows 50; ${command} --lang en`, '/dev/null'], {
      cwd: folder,
      env,
    })
    this.#child.stdout.on('data', (bytes: Buffer) => (this.#shown += bytes.toString()))
    this.#status = new Promise((resolve) => this.#child.on('exit', resolve))
  }

  /** Waits for a text that was not waited for yet, then types. */
  async answer(prompt: string, ...keys: string[]): Promise<void> {
    await this.see(prompt)
    for (const key of keys) this.#child.stdin.write(key)
  }

  async see(text: string): Promise<void> {
    await expect.poll(() => this.#shown.indexOf(text, this.#read), { timeout: 60_000 }).toBeGreaterThan(-1)
    this.#read = this.#shown.indexOf(text, this.#read) + text.length
  }

  ended(): Promise<number | null> {
    return this.#status
  }
}

const cells = (name: string): string[] =>
  decodeShiftJis(readFileSync(join(folder, name)))
    .replace('\r\n', '')
    .split('\t')

const hasScript = spawnSync('script', ['--version']).status === 0
if (!hasScript)
  console.warn('\n!!! SKIPPED: there is no `script` of util-linux, so the prompts were not driven\n')

describe.skipIf(!hasScript)('on a terminal', { timeout: 180_000 }, () => {
  it('tsv build asks for the CSR first and fills in what follows from it', async () => {
    const terminal = new Terminal('build', '-o', 'issue.tsv')
    await terminal.answer('Kind of application', enter)
    await terminal.answer('CSR (path of the CSR file)', `none.csr${enter}`)
    await terminal.answer('no such file', '\x7f'.repeat('none.csr'.length), `www.csr${enter}`)
    await terminal.answer('CN=www.example.ac.jp,O=Example University', enter)
    await terminal.answer('profile ID', enter)
    await terminal.answer('subscriber name', enter)
    await terminal.answer('subscriber department', enter)
    await terminal.answer('subscriber e-mail', `taro${enter}`)
    // What is wrong is said at once, and only that has to be typed again.
    await terminal.answer('is not a mail address', `@example.ac.jp${enter}`)
    await terminal.answer('FQDN', enter)
    await terminal.answer('server software', `nginx${enter}`)
    await terminal.answer('dNSName', enter)
    expect(await terminal.ended()).toBe(0)
    const made = cells('issue.tsv')
    expect(made).toHaveLength(13)
    expect([made[1], made[9], made[10], made[11], made[12]]).toEqual([
      ...['3', 'taro@example.ac.jp', 'www.example.ac.jp', 'nginx', 'dNSName=www.example.ac.jp'],
    ])
  })

  it('tsv build writes nothing when the person leaves', async () => {
    const terminal = new Terminal('build', '-o', 'left.tsv')
    await terminal.answer('Kind of application', down, down, enter)
    await terminal.answer('subject DN', '\x03')
    await terminal.see('Nothing was written')
    expect(await terminal.ended()).not.toBe(0)
    expect(existsSync(join(folder, 'left.tsv'))).toBe(false)
  })

  it('tsv fix asks for each change, with Yes at hand only where no consent is needed', async () => {
    const row = 'CN=a.example.ac.jp,O=Example University,L=Chiyoda-ku,ST=Tokyo,C=JP\t\t\tff\t4\t髙橋'
    writeFileSync(join(folder, 'wrong.tsv'), `${row}${'\t'.repeat(7)}\r\n`)
    const terminal = new Terminal('fix', 'wrong.tsv', '-o', 'fixed.tsv')
    await terminal.see('row 1 [4 serial number]')
    await terminal.answer('0xff', enter)
    await terminal.see('row 1 [6 revocation comment]')
    await terminal.answer('高橋', enter)
    // The refused change leaves a character that the file cannot hold.
    await terminal.see('nothing was written')
    expect(await terminal.ended()).toBe(1)
    expect(existsSync(join(folder, 'fixed.tsv'))).toBe(false)
  })

  it('tsv fix takes what a person agrees to', async () => {
    const terminal = new Terminal('fix', 'wrong.tsv', '-o', 'agreed.tsv')
    await terminal.answer('0xff', enter)
    await terminal.answer('高橋', 'y')
    expect(await terminal.ended()).toBe(0)
    expect(cells('agreed.tsv').slice(3, 6)).toEqual(['0xff', '4', '高橋'])
  })
})
