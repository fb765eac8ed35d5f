/** Completion for bash, zsh and fish. Pure. */
import type { CommandSpec, OptionSpec } from '../command-spec.js'
import type { Language } from '../../terminal/language.js'

export interface Completed extends Pick<CommandSpec, 'name' | 'summary' | 'options'> {
  /** Commands of a group. */
  words?: readonly string[]
}

/** `-d, --domains <names>` is `--domains`. */
const longName = ({ flags }: OptionSpec) => /--[\w-]+/.exec(flags)?.[0] ?? ''
const takesPath = ({ flags }: OptionSpec) => /<(?:path|file)>/.test(flags)

export function renderBash(table: readonly Completed[]): string {
  const names = table.map(({ name }) => name).join(' ')
  const choices = new Map(
    table.flatMap(({ options }) =>
      options.filter((one) => one.choices).map((one) => [longName(one), one.choices ?? []]),
    ),
  )
  const paths = [...new Set(table.flatMap(({ options }) => options.filter(takesPath).map(longName)))]
  return `# bash completion of upki-client
_upki_client() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]}
  case $previous in
${[...choices].map(([flag, values]) => `    ${flag}) COMPREPLY=($(compgen -W '${values.join(' ')}' -- "$current")); return ;;`).join('\n')}
    ${paths.join('|')}) COMPREPLY=($(compgen -f -- "$current")); return ;;
  esac
  case \${COMP_WORDS[1]} in
${table.map(({ name, options, words = [] }) => `    ${name}) COMPREPLY=($(compgen -W '${[...words, ...options.map(longName)].join(' ')} --help' -- "$current")) ;;`).join('\n')}
    *) COMPREPLY=($(compgen -W '${names} --help --version' -- "$current")) ;;
  esac
}
complete -F _upki_client upki-client
`
}

const quote = (text: string) => `'${text.replaceAll("'", "'\\''")}'`

export function renderZsh(table: readonly Completed[], language: Language): string {
  const describe = (text: string) => text.replace(/[[\]:]/g, ' ')
  const options = (spec: Completed) =>
    spec.options
      .map((one) => quote(`${longName(one)}[${describe(one.text[language])}]${argument(one)}`))
      .concat(spec.words ? [quote(`1:command:(${spec.words.join(' ')})`)] : [])
      .join(' ')
  return `#compdef upki-client
local -a commands
commands=(${table.map(({ name, summary }) => quote(`${name}:${describe(summary[language])}`)).join(' ')})
if (( CURRENT == 2 )); then
  _describe command commands
  return
fi
case $words[2] in
${table.map((spec) => `  ${spec.name}) shift words; (( CURRENT-- )); _arguments ${options(spec)} ;;`).join('\n')}
esac
`
}

function argument(option: OptionSpec): string {
  const name = /<([^>]+)>/.exec(option.flags)?.[1]
  if (!name) return ''
  const values = option.choices ? `(${option.choices.join(' ')})` : takesPath(option) ? '_files' : ''
  return `:${name.replace(':', ' ')}:${values}`
}

export function renderFish(table: readonly Completed[], language: Language): string {
  const lines = table.flatMap(({ name, summary, options, words = [] }) => [
    `complete -c upki-client -n __fish_use_subcommand -f -a ${name} -d ${quote(summary[language])}`,
    ...words.map((word) => `complete -c upki-client -n '__fish_seen_subcommand_from ${name}' -f -a ${word}`),
    ...options.map(
      (one) =>
        `complete -c upki-client -n '__fish_seen_subcommand_from ${name}' -l ${longName(one).slice(2)} -d ${quote(one.text[language])}${values(one)}`,
    ),
  ])
  return `${lines.join('\n')}\n`
}

function values(option: OptionSpec): string {
  if (!option.flags.includes('<')) return ' -f'
  if (option.choices) return ` -x -a ${quote(option.choices.join(' '))}`
  return takesPath(option) ? ' -r' : ' -x'
}
