/** The shape of an entry in the command table (main.ts): help, man pages and completion are made from it. */
import type { Bilingual } from '@upki-gateway/shared/problem'
import type { Outcome } from '../terminal/failure.js'
import type { Language } from '../terminal/language.js'
import type { Prompter } from '../terminal/prompter.js'
import type { Reporter } from '../terminal/reporter.js'

export interface OptionSpec {
  /** As commander reads them: `-d, --domains <names>`. */
  flags: string
  text: Bilingual
  /** Heading in the help text. */
  group: Bilingual
  choices?: readonly string[]
  /** Reads one value; `previous` is what earlier ones gave. @throws Failure (usage) */
  parse?: (value: string, previous: unknown) => unknown
  default?: string | number
  /** Meant for one run: where a file or the environment sets it for every run, that is told. */
  oneRun?: boolean
  /** Given as an argument it is warned of, since every user of the machine can list arguments. */
  secret?: boolean
}

/** Words that follow the options, such as file names; they come in as the option `operands`. */
export interface OperandSpec {
  /** As commander reads them: `<files...>`, `[file]`. */
  syntax: string
  text: Bilingual
}

/** Commands under one word: `upki-client tsv check`. */
export interface CommandGroup {
  name: string
  summary: Bilingual
  description: Bilingual
  commands: readonly CommandSpec[]
}

export interface CommandSpec<Options = unknown> {
  name: string
  /** One line, for the list of commands. */
  summary: Bilingual
  /** What happens, what is written, what if it fails. */
  description: Bilingual
  operands?: OperandSpec
  options: readonly OptionSpec[]
  examples: readonly string[]
  /** Loads the command's code, which `--help` never does, and runs it. */
  run: (options: Options, context: Context) => Promise<Outcome>
}

/** An option as it was given on the command line, with the value that it had then. */
export interface Given {
  name: string
  value: unknown
}

/** Options that every command has. */
export interface CommonOptions {
  config?: string
  nonInteractive?: boolean
  configDir?: string
  workDir?: string
  logsDir?: string
  json?: boolean
  quiet?: boolean
  /** In the order of the command line. */
  given?: readonly Given[]
}

/** What a command gets from its surroundings. */
export interface Context {
  language: Language
  reporter: Reporter
  /** Absent: there is no terminal, or nothing may be asked. */
  prompter?: Prompter
  /** Aborted by Ctrl-C. */
  signal: AbortSignal
  now: () => Date
  /** The command table: man pages and completion are made from it. */
  table: readonly (CommandSpec | CommandGroup)[]
}
