/** Man page and completion say everything that the parser takes. */
import { spawnSync } from 'node:child_process'
import { describe, expect, it, vi } from 'vitest'
import { capture } from '../../testing/run-in-process.js'
import { table } from '../table.js'
import { runCompletion } from './run.js'

async function output(operands: string): Promise<string> {
  const written: string[] = []
  const spy = vi.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0)
  await runCompletion({ operands }, { ...capture().context, table })
  spy.mockRestore()
  return written.join('')
}

const commands = table.flatMap((entry) =>
  'commands' in entry
    ? entry.commands.map((spec) => ({ words: [entry.name, spec.name], spec }))
    : [{ words: [entry.name], spec: entry }],
)
const longName = (flags: string) => /--[\w-]+/.exec(flags)?.[0] ?? 'none'

describe('the man page', () => {
  it('has a section for every command, with every option in it', async () => {
    const sections = (await output('man')).replaceAll('\\-', '-').split('\n.SS ').slice(1)
    expect(sections.map((section) => section.split('\n')[0]?.replace(/ [<[].*/, ''))).toEqual(
      commands.map(({ words }) => words.join(' ')),
    )
    for (const [index, { spec }] of commands.entries())
      for (const { flags } of spec.options) expect(sections[index]).toContain(`.B ${flags}\n`)
  })
})

describe.each(['bash', 'zsh', 'fish'])('completion for %s', (shell) => {
  it('offers every command and every option', async () => {
    const text = await output(shell)
    for (const { words, spec } of commands) {
      for (const word of words) expect(text).toContain(word)
      for (const { flags } of spec.options) {
        const name = longName(flags)
        expect(text).toMatch(new RegExp(shell === 'fish' ? `-l ${name.slice(2)}\\b` : `${name}\\b`))
      }
    }
  })

  it.skipIf(spawnSync(shell, ['--version']).error)('is read by the shell', async () => {
    const { status, stderr } = spawnSync(shell, ['-n'], { input: await output(shell), encoding: 'utf8' })
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  })
})

describe('bash', () => {
  it.each([
    { words: ['upki-client', 'cert'], offers: ['certonly', 'certificates'] },
    { words: ['upki-client', 'tsv', 'ch'], offers: ['check'] },
    { words: ['upki-client', 'renew', '--fail'], offers: ['--failure-hook', '--failure-mail'] },
    { words: ['upki-client', 'install', '--installer', 'ng'], offers: ['nginx'] },
  ])('completes $words', async ({ words, offers }) => {
    const script = `${await output('bash')}
COMP_WORDS=(${words.join(' ')}); COMP_CWORD=${words.length - 1}; _upki_client; echo "\${COMPREPLY[@]}"`
    const { stdout } = spawnSync('bash', ['--norc', '-c', script], { encoding: 'utf8' })
    expect(stdout.trim().split(' ').sort()).toEqual([...offers].sort())
  })
})
