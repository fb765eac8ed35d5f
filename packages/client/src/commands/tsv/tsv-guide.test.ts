/** Runs the examples of docs/tsv-commands.md as they stand, one after the other, with the bundled program. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const repository = fileURLToPath(new URL('../../../../../', import.meta.url))
const guide = readFileSync(join(repository, 'docs', 'tsv-commands.md'), 'utf8')
const examples = [...guide.matchAll(/^```sh\n([^]*?)^```/gm)].map(([, text = '']) => text)
let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'upki-guide-'))
  mkdirSync(join(folder, 'bin'))
  mkdirSync(join(folder, 'work'))
  const bundle = join(folder, 'upki-client.cjs')
  execFileSync(process.execPath, [join(repository, 'scripts', 'bundle-client.mjs'), bundle])
  symlinkSync(bundle, join(folder, 'bin', 'upki-client'))
}, 120_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('docs/tsv-commands.md', () => {
  it('has examples', () => {
    expect(examples.length).toBeGreaterThan(5)
  })

  it.each(examples.map((example) => [example.split('\n')[0], example]))(
    'runs as pasted: %s',
    (_, example = '') => {
      const PATH = `${join(folder, 'bin')}:${process.env.PATH}`
      execFileSync('bash', ['-euo', 'pipefail', '-c', example], {
        cwd: join(folder, 'work'),
        env: { PATH, LANG: 'C.UTF-8' },
        stdio: 'pipe',
      })
    },
    60_000,
  )
})
