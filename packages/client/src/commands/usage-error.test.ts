import { describe, expect, it } from 'vitest'
import { Failure } from '../terminal/failure.js'
import { buildProgram } from './build-program.js'
import { table } from './table.js'

/** What is said of these arguments, in both languages. */
async function refused(args: string[]): Promise<Failure> {
  const program = buildProgram(table, 'en', () => Promise.resolve(), args[0])
  program.configureOutput({ writeErr: () => undefined })
  return program.parseAsync(args, { from: 'user' }).then(
    () => Promise.reject(new Error('was not refused')),
    (error: unknown) => error as Failure,
  )
}

describe('wrong arguments', () => {
  it.each([
    {
      name: 'an unknown command',
      args: ['certonyl'],
      en: ["unknown command 'certonyl'", 'certonly?', '"upki-client --help"'],
      ja: ["'certonyl' というコマンドはありません。", 'もしかして: certonly', '"upki-client --help"'],
    },
    {
      name: 'an unknown command of a group',
      args: ['tsv', 'nosuch'],
      en: ["unknown command 'nosuch'", '"upki-client tsv --help"'],
      ja: ["'nosuch' というコマンドはありません。", '"upki-client tsv --help"'],
    },
    {
      name: 'an unknown option',
      args: ['tsv', 'check', '--bogus'],
      en: ["unknown option '--bogus'", '"upki-client tsv check --help"'],
      ja: ["'--bogus' というオプションはありません。", '"upki-client tsv check --help"'],
    },
    {
      name: 'an option without its value',
      args: ['certonly', '-d'],
      en: ["option '-d, --domains <names>' argument missing"],
      ja: ["オプション '-d, --domains <names>' に値がありません。"],
    },
    {
      name: 'a missing argument',
      args: ['completion'],
      en: ["missing required argument 'form'"],
      ja: ["引数 'form' がありません。"],
    },
    {
      name: 'a surplus argument',
      args: ['completion', 'bash', 'zsh'],
      en: ['Expected 1 argument but got 2'],
      ja: ['引数は 1 個までですが、2 個あります。'],
    },
    {
      name: 'a choice that is none',
      args: ['revoke', '--reason', 'no\nway'],
      en: ["argument 'no\nway'", 'keycompromise'],
      ja: ["の値 'no\nway' は使えません。選べる値: unspecified, keycompromise, "],
    },
    {
      name: 'no command',
      args: ['tsv'],
      en: ['No command was given.'],
      ja: ['コマンドが指定されていません。'],
    },
  ])('are told in both languages: $name', async ({ args, en, ja }) => {
    const { outcome, text } = await refused(args)
    expect(outcome).toBe('usage')
    for (const part of en) expect(text.en).toContain(part)
    for (const part of ja) expect(text.ja).toContain(part)
  })

  it('name the variable that a wrong choice came from', async () => {
    process.env.UPKI_CLIENT_REASON = 'bored'
    try {
      const { text } = await refused(['revoke'])
      expect(text.en).toContain('UPKI_CLIENT_REASON')
      expect(text.ja).toContain("'bored' (環境変数 UPKI_CLIENT_REASON) は使えません")
    } finally {
      delete process.env.UPKI_CLIENT_REASON
    }
  })
})
