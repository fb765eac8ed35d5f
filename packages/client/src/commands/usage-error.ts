/**
 * What commander finds wrong with the arguments, in both languages, with what to do.
 *
 * Commander has one language and tells what it found only in its message; so the words of a message are looked for.
 */
import type { Bilingual } from '@upki-gateway/shared/problem'
import type { CommanderError } from 'commander'

type Said = readonly string[]

/** A message of commander, and the same in Japanese. */
interface Rule {
  pattern: RegExp
  /** @param said what stood in the message, in its order */
  ja: (...said: Said) => string
}

const rules: readonly Rule[] = [
  { pattern: /^unknown command '(.*)'/, ja: (name) => `'${name}' というコマンドはありません。` },
  { pattern: /^unknown option '(.*)'/, ja: (flag) => `'${flag}' というオプションはありません。` },
  { pattern: /^option '(.*)' argument missing/, ja: (flags) => `オプション '${flags}' に値がありません。` },
  { pattern: /^missing required argument '(.*)'/, ja: (name) => `引数 '${name}' がありません。` },
  {
    pattern: /^too many arguments.*Expected (\d+) .*got (\d+)/,
    ja: (most, given) => `引数は ${most} 個までですが、${given} 個あります。`,
  },
  {
    pattern:
      /^option '(.*?)' (?:argument|value) '(.*?)'(?: from env '(.*)')? is invalid\. Allowed choices are (.*)\.$/s,
    ja: (flags, value, variable, choices) =>
      `オプション '${flags}' の値 '${value}'${variable ? ` (環境変数 ${variable})` : ''} は使えません。選べる値: ${choices}。`,
  },
]

const suggestion = /\(Did you mean (?:one of )?(.*)\?\)/

/** @param command the words that call it, such as `upki-client tsv check` */
export function explainUsage({ code, message }: CommanderError, command: string): Bilingual {
  if (code === 'commander.help') return noCommand
  const said = message.replace(/^error: /, '')
  const remedy = seeHelp(command)
  return { en: `${said}\n${remedy.en}`, ja: `${inJapanese(said)}\n${remedy.ja}` }
}

function inJapanese(said: string): string {
  const meant = suggestion.exec(said)?.[1]
  for (const { pattern, ja } of rules) {
    const found = pattern.exec(said)
    if (found) return ja(...found.slice(1)) + (meant ? `もしかして: ${meant}` : '')
  }
  return said
}

const seeHelp = (command: string): Bilingual => ({
  en: `"${command} --help" tells what can be given.`,
  ja: `使い方は "${command} --help" で表示されます。`,
})

/** Under the help that commander shows then. */
const noCommand: Bilingual = { en: 'No command was given.', ja: 'コマンドが指定されていません。' }
