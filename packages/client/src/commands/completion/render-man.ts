/** The man page, in the man(7) macros. Pure. */
import type { CommandSpec, OptionSpec } from '../command-spec.js'
import type { Language } from '../../terminal/language.js'
import { version } from '../../version.js'

const titles = {
  en: { name: 'NAME', synopsis: 'SYNOPSIS', commands: 'COMMANDS', exit: 'EXIT STATUS', example: 'Example:' },
  ja: { name: '名前', synopsis: '書式', commands: 'コマンド', exit: '終了コード', example: '例:' },
} as const

const about = {
  en: 'obtain, install and renew UPKI certificates',
  ja: 'UPKI 証明書を取得・設置・更新する',
} as const

const exits = {
  en: '0 done, 1 refused or failed, 2 wrong usage, 3 the order is still being worked on, 130 interrupted.',
  ja: '0 完了、1 拒否または失敗、2 使い方の誤り、3 注文は処理中、130 中断。',
} as const

/** A backslash is roff's own; a dot or quote begins a request only at the start of a line. */
const escape = (text: string) =>
  text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/^(['.])/gm, '\\&$1')

export function renderMan(table: readonly CommandSpec[], language: Language): string {
  const title = titles[language]
  return [
    `.TH UPKI\\-CLIENT 8 "" "upki\\-client ${escape(version)}"`,
    `.SH ${title.name}`,
    `upki\\-client \\- ${escape(about[language])}`,
    `.SH ${title.synopsis}`,
    '.B upki\\-client',
    '.I command',
    '[options]',
    `.SH ${title.commands}`,
    ...table.flatMap((spec) => renderCommand(spec, language)),
    `.SH ${title.exit}`,
    escape(exits[language]),
    '',
  ].join('\n')
}

const renderCommand = (spec: CommandSpec, language: Language) => [
  `.SS ${escape([spec.name, spec.operands?.syntax].filter(Boolean).join(' '))}`,
  escape(spec.description[language]).replace(/\n\n/g, '\n.PP\n'),
  ...spec.options.flatMap((option) => renderOption(option, language)),
  '.PP',
  titles[language].example,
  '.nf',
  ...spec.examples.map(escape),
  '.fi',
]

const renderOption = ({ flags, text, choices }: OptionSpec, language: Language) => [
  '.TP',
  `.B ${escape(flags)}`,
  escape(choices ? `${text[language]} (${choices.join('|')})` : text[language]),
]
