/**
 * upki-client: the command table, and the way from arguments to an exit status.
 *
 * Only commander and the table itself are loaded to parse and to show help; a
 * command's code, and with it all cryptography, is loaded when it runs.
 */
import { CommanderError, type OptionValues } from 'commander'
import { buildProgram, isSwitchedOn, type Parsed, type RunCommand } from './commands/build-program.js'
import { table } from './commands/table.js'
import type { CommandSpec, CommonOptions } from './commands/command-spec.js'
import { exitStatus, Failure, type Outcome } from './terminal/failure.js'
import { chooseLanguage, type Language } from './terminal/language.js'

const initialLanguage = chooseLanguage(process.argv.slice(2), process.env)

interface RunOptions extends CommonOptions {
  lang?: Language
}

async function main(): Promise<number> {
  let outcome: Outcome = 'done'
  const execute: RunCommand = async (spec, options, parsed) => {
    outcome = await run(spec, options, parsed)
  }
  const wanted = process.argv.slice(2).find((word) => !word.startsWith('-'))
  const program = buildProgram(table, initialLanguage, execute, wanted)
  try {
    await program.parseAsync()
    return exitStatus[outcome]
  } catch (error) {
    return explainWrongUsage(error)
  }
}

/** Arguments or a configuration file that did not parse, or help that was shown instead of parsing. */
function explainWrongUsage(error: unknown): number {
  if (error instanceof CommanderError && error.exitCode === 0) return exitStatus.done
  if (!(error instanceof Failure)) throw error
  process.stderr.write(`${error.text[initialLanguage]}\n`)
  tellPrograms(error.outcome, error.text[initialLanguage])
  return exitStatus[error.outcome]
}

/** `--json`, before there is anything that has read the options. */
function tellPrograms(outcome: Outcome, message: string): void {
  const isAsked = process.argv.includes('--json') || isSwitchedOn(process.env.UPKI_CLIENT_JSON)
  if (isAsked) process.stdout.write(`${JSON.stringify({ outcome, message }, null, 2)}\n`)
}

async function run(spec: CommandSpec, given: OptionValues, { exposed, unset }: Parsed): Promise<Outcome> {
  const { fillFromFiles } = await import('./commands/config-file.js')
  const { options, tooOpen, oneRun } = await fillFromFiles(spec, given, unset, table)
  const { Reporter } = await import('./terminal/reporter.js')
  const { quiet = false, json = false, lang = initialLanguage } = options as RunOptions
  const language = lang
  const reporter = new Reporter({ language, quiet, json, stdout: process.stdout, stderr: process.stderr })
  const signal = interruption()
  for (const flag of exposed) reporter.warn(visibleSecret(flag))
  for (const path of tooOpen) reporter.warn(readableSecret(path))
  for (const flag of oneRun) reporter.warn(everyRun(flag))
  try {
    return await spec.run(options, {
      language,
      reporter,
      signal,
      prompter: await prompterFor(options, language, signal),
      now: () => new Date(),
      table,
    })
  } catch (error) {
    const { explainError } = await import('./commands/explain-error.js')
    const isStopped = signal.aborted && !(error instanceof Failure)
    const { outcome, text, details } = explainError(isStopped ? stopped : error)
    reporter.error(text)
    reporter.failureResult({ outcome, message: text[language], ...details })
    return outcome
  }
}

/** Questions are asked where somebody can answer: on a terminal, and not with `--non-interactive`, `--quiet` or `--json`. */
async function prompterFor(
  { nonInteractive, quiet, json }: CommonOptions,
  asked: Language,
  signal: AbortSignal,
) {
  const isSilent = nonInteractive ?? quiet ?? json
  if (isSilent || !process.stdin.isTTY || !process.stderr.isTTY) return undefined
  const { Prompter } = await import('./terminal/prompter.js')
  return new Prompter(asked, signal)
}

/** Ctrl-C and a service manager's stop end the waiting in order; a second Ctrl-C ends the process at once. */
function interruption(): AbortSignal {
  const controller = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => controller.abort())
  return controller.signal
}

/** Where no command says more of what was interrupted. */
const stopped = new Failure('interrupted', {
  en: 'Interrupted. What was begun is kept; the same command goes on with it.',
  ja: '中断しました。途中までの処理は保存されており、同じコマンドで続けられます。',
})

const readableSecret = (path: string) => ({
  en: `${path} holds a secret, and others on this machine can read it; chmod 600 it.`,
  ja: `${path} に秘密の値があり、他の利用者にも読めます。chmod 600 してください。`,
})

const everyRun = (flag: string) => ({
  en: `${flag} comes from a configuration file, so it holds for every run.`,
  ja: `${flag} が設定ファイルにあるため、毎回の実行で有効になります。`,
})

const visibleSecret = (flag: string) => ({
  en: `${flag} is visible to every user of this machine while the command runs; use ${flag}-file or the environment.`,
  ja: `${flag} の値は実行中このマシンの全利用者から見えます。${flag}-file か環境変数を使ってください。`,
})

/** A reader that went away, such as `head`, is no error of ours. */
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
  })
void main().then((status) => {
  process.exitCode = status
})
