/**
 * What the user sees. The result goes to standard output, everything else to
 * standard error, so `--json` can be piped. On a terminal, waiting is one line
 * that is rewritten; elsewhere a line is written when the state changes.
 */
import type { Bilingual } from '@upki-gateway/shared/problem'
import colors from 'picocolors'
import type { Language } from './language.js'
import { cutToWidth } from './printable.js'

interface Output {
  write(text: string): unknown
  isTTY?: boolean
  columns?: number
}

export interface ReporterOptions {
  language: Language
  /** Only warnings, errors and, with `json`, the result. */
  quiet: boolean
  /** The result as JSON instead of sentences. */
  json: boolean
  stdout: Output
  stderr: Output
}

export class Reporter {
  private lastState = ''
  private lineOpen = false

  constructor(private readonly options: ReporterOptions) {}

  say(text: Bilingual): void {
    if (!this.options.quiet) this.line(text[this.options.language])
  }

  warn(text: Bilingual): void {
    const label = { en: 'Warning: ', ja: '警告: ' }[this.options.language]
    this.line(colors.yellow(label + text[this.options.language]))
  }

  error(text: Bilingual): void {
    const [first = '', ...rest] = text[this.options.language].split('\n')
    this.line([colors.red(first), ...rest].join('\n'))
  }

  /** Says where a wait stands. `timing` changes each second and is shown on terminals only. */
  progress(state: Bilingual, timing: Bilingual): void {
    const { language, quiet, stderr } = this.options
    if (quiet) return
    if (stderr.isTTY) return this.rewrite(`${state[language]} · ${timing[language]}`)
    if (state[language] === this.lastState) return
    this.lastState = state[language]
    this.line(state[language])
  }

  result(text: Bilingual, value: object): void {
    this.closeLine()
    const { json, quiet, language, stdout } = this.options
    if (json) stdout.write(`${JSON.stringify(value, null, 2)}\n`)
    else if (!quiet) stdout.write(`${text[language]}\n`)
  }

  /** The result of a run that failed: for programs only, since people read standard error. */
  failureResult(value: object): void {
    if (this.options.json) this.result({ en: '', ja: '' }, value)
  }

  private rewrite(text: string): void {
    const { stderr } = this.options
    stderr.write(`\r\u001b[2K${cutToWidth(text, (stderr.columns ?? 80) - 1)}`)
    this.lineOpen = true
  }

  private line(text: string): void {
    this.closeLine()
    this.options.stderr.write(`${text}\n`)
  }

  /** Leaves the last progress line standing and starts a new one. */
  private closeLine(): void {
    if (this.lineOpen) this.options.stderr.write('\n')
    this.lineOpen = false
  }
}
