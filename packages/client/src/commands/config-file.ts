/**
 * `cli.ini`: options for every run, in the form of certbot's. `name = value`, one a
 * line; `#` and `;` begin a comment line; values are taken as they stand, so
 * hooks need no quoting; a name given again adds to a list. The command line and
 * the environment come first.
 */
import { readFile, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { Option, OptionValues } from 'commander'
import { Failure } from '../terminal/failure.js'
import { printable } from '../terminal/printable.js'
import type { CommandGroup, CommandSpec, OptionSpec } from './command-spec.js'
import { configFlags } from './common-options.js'

type Table = readonly (CommandSpec | CommandGroup)[]

/** Lines of one file, by option: `deploy-hook`. */
interface ConfigFile {
  path: string
  values: ReadonlyMap<string, readonly string[]>
  /** Others on the machine can read it. */
  isOpen: boolean
}

const maxBytes = 256 * 1024

export interface Filled {
  options: OptionValues
  /** Files with a secret in them that others can read. */
  tooOpen: string[]
  /** Flags meant for one run that came from a file. */
  oneRun: string[]
}

/** Options completed from `cli.ini`. @throws Failure (usage) for a file that cannot be used */
export async function fillFromFiles(
  { options: specs }: CommandSpec,
  given: OptionValues,
  unset: readonly Option[],
  table: Table,
): Promise<Filled> {
  // Commands for tables of applications have a --config of their own, which is another file.
  const hasOurs = specs.some(({ flags }) => flags === configFlags)
  const named = hasOurs ? (given.config as string | undefined) : undefined
  const files = await readConfigFiles(named, table)
  if (files.length === 0) return { options: given, tooOpen: [], oneRun: [] }
  const names = (wanted: (spec: OptionSpec) => boolean) => specs.filter(wanted).map(longName)
  const secrets = names(({ secret }) => secret === true)
  const fromFile = (name: string) =>
    unset.some(({ long }) => long === `--${name}`) && files.some(({ values }) => values.has(name))
  return {
    options: fillIn(given, unset, files),
    tooOpen: files
      .filter(({ isOpen, values }) => isOpen && secrets.some((name) => values.has(name)))
      .map(({ path }) => path),
    oneRun: names(({ oneRun }) => oneRun === true)
      .filter(fromFile)
      .map((name) => `--${name}`),
  }
}

/** The file that was named, or those of the machine and of the user, later ones first. @throws Failure (usage) */
async function readConfigFiles(named: string | undefined, table: Table): Promise<ConfigFile[]> {
  const known = optionNames(table)
  const places = named === undefined ? defaultPlaces(process.env) : [named]
  const files = await Promise.all(places.map((path) => readConfigFile(path, known, named !== undefined)))
  return files.filter((file) => file !== undefined)
}

const defaultPlaces = ({ XDG_CONFIG_HOME }: NodeJS.ProcessEnv) => [
  join(XDG_CONFIG_HOME || join(homedir(), '.config'), 'upki-client/cli.ini'),
  '/etc/upki-client/cli.ini',
]

async function readConfigFile(
  path: string,
  known: ReadonlySet<string>,
  mustExist: boolean,
): Promise<ConfigFile | undefined> {
  try {
    const { size, mode } = await stat(path)
    if (size > maxBytes) throw new Error(`${size} bytes`)
    const isOpen = process.platform !== 'win32' && (mode & 0o077) !== 0
    return { path, values: parseConfig(await readFile(path, 'utf8'), path, known), isOpen }
  } catch (error) {
    if (error instanceof Failure) throw error
    const { code, message } = error as NodeJS.ErrnoException
    if (!mustExist && (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EACCES')) return undefined
    throw unreadable(path, message)
  }
}

/** @throws Failure (usage) naming the line that is no option */
export function parseConfig(
  text: string,
  path: string,
  known: ReadonlySet<string>,
): Map<string, readonly string[]> {
  const values = new Map<string, readonly string[]>()
  for (const [index, line] of text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .entries()) {
    const content = line.trim()
    if (!content || /^[#;]/.test(content)) continue
    const [, name = '', value = 'true'] = /^(?:--)?([a-z][a-z0-9_-]*)\s*(?:[=:]\s*(.*))?$/.exec(content) ?? []
    const unified = name.replaceAll('_', '-')
    if (!known.has(unified)) throw unknownLine(path, index + 1, content)
    values.set(unified, [...(values.get(unified) ?? []), unquote(value)])
  }
  return values
}

/** Quotes around the whole are dropped, as certbot's reader does. */
const unquote = (value: string) => /^(["'])(.*)\1$/.exec(value)?.[2] ?? value

/** Every option of every command: one file serves all, and each takes what it knows. */
function optionNames(table: Table): Set<string> {
  const commands = table.flatMap((entry) => ('commands' in entry ? entry.commands : [entry]))
  return new Set(commands.flatMap(({ options }) => options.map(longName)))
}

const longName = ({ flags }: OptionSpec) => /--([a-z0-9-]+)/.exec(flags)?.[1] ?? ''

/**
 * Fills in what neither the command line nor the environment set.
 *
 * @param unset options of the command that nobody set
 */
function fillIn(options: OptionValues, unset: readonly Option[], files: readonly ConfigFile[]): OptionValues {
  const filled = { ...options }
  for (const option of unset) {
    const name = (option.long ?? '').slice(2)
    const file = name === 'config' ? undefined : files.find(({ values }) => values.has(name))
    if (!file) continue
    const value = readValue(option, file.values.get(name) ?? [], file.path)
    if (value !== undefined) filled[option.attributeName()] = value
  }
  return filled
}

function readValue(option: Option, texts: readonly string[], path: string): unknown {
  const last = texts.at(-1) ?? ''
  if (!option.required && !option.optional) {
    const isOn = readSwitch(last)
    if (isOn === undefined) throw badValue(path, option, last, ['true', 'false'])
    // `no-wait = true` sets `wait` to false; `= false` leaves it.
    return isOn ? !option.negate : undefined
  }
  const { argChoices, parseArg } = option
  const wrong = argChoices && texts.find((text) => !argChoices.includes(text))
  if (wrong !== undefined) throw badValue(path, option, wrong, argChoices ?? [])
  if (!parseArg) return last
  return texts.reduce<unknown>((previous, text) => parseArg(text, previous), undefined)
}

function readSwitch(text: string): boolean | undefined {
  if (/^(true|yes|on|1)$/i.test(text)) return true
  return /^(false|no|off|0|)$/i.test(text) ? false : undefined
}

const unreadable = (path: string, reason: string) =>
  new Failure('usage', {
    en: `The configuration file ${path} cannot be read: ${reason}`,
    ja: `設定ファイル ${path} を読めません: ${reason}`,
  })

const unknownLine = (path: string, line: number, content: string) =>
  new Failure('usage', {
    en: `${path} line ${line}: "${printable(content.replace(/[=:].*/, ''), 60).trim()}" is no option. Lines are "name = value", with the names of --help.`,
    ja: `${path} の ${line} 行目: "${printable(content.replace(/[=:].*/, ''), 60).trim()}" というオプションはありません。--help の名前を使い "名前 = 値" の形で書いてください。`,
  })

const badValue = (path: string, { long }: Option, value: string, allowed: readonly string[]) =>
  new Failure('usage', {
    en: `${path}: ${long?.slice(2)} = ${printable(value, 60)} is not one of ${allowed.join(', ')}.`,
    ja: `${path}: ${long?.slice(2)} = ${printable(value, 60)} は ${allowed.join('、')} のいずれでもありません。`,
  })
