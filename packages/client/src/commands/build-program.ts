/** Turns the command table into a commander program: the parser and every help text. */
import type { Bilingual } from '@upki-gateway/shared/problem'
import { Command, type CommanderError, Option, type OptionValues } from 'commander'
import { Failure } from '../terminal/failure.js'
import type { Language } from '../terminal/language.js'
import { displayWidth } from '../terminal/printable.js'
import { wrapText } from '../terminal/wrap.js'
import { version } from '../version.js'
import type { CommandGroup, CommandSpec, Given, OptionSpec } from './command-spec.js'
import { explainUsage } from './usage-error.js'

/** What is known of the arguments beside their values. */
export interface Parsed {
  /** Flags of secrets that were given as arguments. */
  exposed: string[]
  /** Options that neither the arguments nor the environment set. */
  unset: Option[]
}

export type RunCommand = (spec: CommandSpec, options: OptionValues, parsed: Parsed) => Promise<void>

/** @param wanted the first word of the arguments: only that command is built whole, which saves a third of the start */
export function buildProgram(
  table: readonly (CommandSpec | CommandGroup)[],
  language: Language,
  runCommand: RunCommand,
  wanted: string | undefined,
): Command {
  const program = new Command('upki-client')
  program.description(about[language]).usage('<command> [options]')
  program.version(version, '-V, --version', versionText[language])
  dress(program, language)
  program.addHelpText('after', `\n${exitStatusText[language]}`)
  for (const spec of table)
    program.addCommand(spec.name === wanted ? buildWhole(spec, language, runCommand) : listed(spec, language))
  return program
}

/** A command that is not asked for: its line in the list is all that is needed of it. */
const listed = ({ name, summary }: CommandSpec | CommandGroup, language: Language) =>
  new Command(name).summary(summary[language])

const buildWhole = (spec: CommandSpec | CommandGroup, language: Language, runCommand: RunCommand) =>
  'commands' in spec ? buildGroup(spec, language, runCommand) : buildCommand(spec, language, runCommand)

function buildGroup(group: CommandGroup, language: Language, runCommand: RunCommand): Command {
  const command = new Command(group.name)
  command.summary(group.summary[language]).description(group.description[language])
  dress(command, language)
  command.addHelpText('after', `\n${exitStatusText[language]}`)
  for (const spec of group.commands) command.addCommand(buildCommand(spec, language, runCommand))
  return command
}

function buildCommand(spec: CommandSpec, language: Language, runCommand: RunCommand): Command {
  const command = new Command(spec.name)
  command.summary(spec.summary[language]).description(spec.description[language])
  dress(command, language)
  const given: Given[] = []
  for (const option of spec.options) addOption(command, buildOption(option, language), given)
  command.addHelpText('after', `\n${footer(spec, language)}`)
  if (!spec.operands)
    return command.action((options: OptionValues) =>
      runCommand(spec, { ...options, given }, describeParsed(spec, command)),
    )
  command.argument(spec.operands.syntax, spec.operands.text[language])
  return command.action((operands: unknown, options: OptionValues) =>
    runCommand(spec, { ...options, operands, given }, describeParsed(spec, command)),
  )
}

/** Keeps in mind what came in which order: `-w` is for the `-d` that follow it. */
function addOption(command: Command, option: Option, given: Given[]): void {
  command.addOption(option)
  const name = option.attributeName()
  command.on(`option:${option.name()}`, () => given.push({ name, value: command.getOptionValue(name) }))
}

function buildOption(spec: OptionSpec, language: Language): Option {
  const option = new Option(spec.flags, spec.text[language]).helpGroup(spec.group[language])
  if (spec.choices) option.choices([...spec.choices])
  if (spec.parse) option.argParser(spec.parse)
  if (spec.default !== undefined) option.default(spec.default)
  const variable = environmentName(option)
  const isSwitch = !option.required && !option.optional
  // Commander takes a switch as on whatever its variable holds.
  if (!isSwitch || isSwitchedOn(process.env[variable])) option.env(variable)
  return option
}

/** Whether the variable of a switch turns it on. */
export const isSwitchedOn = (value = '') => !/^(0|false|no|off|)$/i.test(value)

function describeParsed(spec: CommandSpec, command: Command): Parsed {
  const isUnset = (option: Option) =>
    [undefined, 'default'].includes(command.getOptionValueSource(option.attributeName()))
  return { exposed: exposedSecrets(spec, command), unset: command.options.filter(isUnset) }
}

function exposedSecrets(spec: CommandSpec, command: Command): string[] {
  const secrets = spec.options.filter(({ secret }) => secret).map(({ flags }) => new Option(flags))
  const given = secrets.filter((option) => command.getOptionValueSource(option.attributeName()) === 'cli')
  return given.map(({ long }) => long ?? '')
}

/** `--eab-kid` is UPKI_CLIENT_EAB_KID. */
const environmentName = (option: Option) =>
  `UPKI_CLIENT_${(option.long ?? '').replace(/^--/, '').replaceAll('-', '_').toUpperCase()}`

/** What commander says by itself, in our words. */
function dress(command: Command, language: Language): void {
  command.exitOverride((error) => refuse(error, command)).configureOutput({ outputError: () => undefined })
  command.helpOption('-h, --help', helpText[language]).helpCommand(false)
  command.configureHelp({
    displayWidth,
    boxWrap: wrapText,
    subcommandTerm: (subcommand) => subcommand.name(),
    styleTitle: (title) => (titles[title] ?? {})[language] ?? title,
    // Environment variables are named by one rule, told once below.
    optionDescription: ({ description, argChoices, defaultValue }) => {
      const choices = argChoices?.join('|')
      const facts = [
        choices,
        defaultValue === undefined ? '' : `${defaultTitle[language]}${String(defaultValue)}`,
      ]
      const known = facts.filter(Boolean).join(', ')
      return known ? `${description} (${known})` : description
    },
  })
}

/** @throws Failure where the arguments are wrong; what commander throws where help was shown */
function refuse(error: CommanderError, command: Command): never {
  if (error.exitCode === 0) throw error
  throw new Failure('usage', explainUsage(error, wordsOf(command)), { cause: error })
}

/** The words that call a command, such as `upki-client tsv check`. */
const wordsOf = (command: Command): string =>
  command.parent ? `${wordsOf(command.parent)} ${command.name()}` : command.name()

const footer = (spec: CommandSpec, language: Language) =>
  [
    exampleTitle[language],
    ...spec.examples.map((example) => `  ${example}`),
    '',
    environmentText[language],
    exitStatusText[language],
  ].join('\n')

const about: Bilingual = {
  en: `Obtains certificates of the UPKI certificate service, through a UPKI gateway or
any other ACME server. Keys are made on this machine and never leave it.
"upki-client <command> --help" tells what a command does and writes.`,
  ja: `UPKI 電子証明書発行サービスの証明書を、UPKI ゲートウェイまたは ACME サーバから
取得します。鍵はこのマシンで作られ、外へ出ることはありません。
各コマンドの説明は "upki-client <command> --help" で表示されます。`,
}

const exitStatusText: Bilingual = {
  en: `Exit status: 0 done, 1 refused or failed, 2 wrong usage, 3 the order is still
being worked on: run the same command again later, 130 interrupted.`,
  ja: `終了コード: 0 完了、1 拒否または失敗、2 使い方の誤り、3 注文は処理中
(後で同じコマンドを再実行)、130 中断。`,
}

const environmentText: Bilingual = {
  en: 'Every option can come from the environment: --eab-kid is UPKI_CLIENT_EAB_KID.',
  ja: 'どのオプションも環境変数で渡せます: --eab-kid は UPKI_CLIENT_EAB_KID。',
}

/** Headings as commander writes them. */
const titles: Record<string, Partial<Bilingual>> = {
  'Usage:': { ja: '使い方:' },
  'Options:': { en: 'Other:', ja: 'その他:' },
  'Commands:': { ja: 'コマンド:' },
}
const exampleTitle: Bilingual = { en: 'Example:', ja: '例:' }
const defaultTitle: Bilingual = { en: 'default: ', ja: '既定: ' }
const helpText: Bilingual = { en: 'show this help', ja: 'このヘルプを表示する' }
const versionText: Bilingual = { en: 'show the version', ja: 'バージョンを表示する' }
