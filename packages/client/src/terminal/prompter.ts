/**
 * Questions to a person, as certbot asks them: on standard error, one line for
 * the answer. Without a terminal, or with `--non-interactive`, there is no
 * prompter, and whatever would have been asked must have been said by options.
 */
import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import type { Bilingual } from '@upki-gateway/shared/problem'
import { Failure } from './failure.js'
import type { Language } from './language.js'

export interface Choice<T> {
  value: T
  text: Bilingual
}

const rule = '- '.repeat(40).trimEnd()

export class Prompter {
  constructor(
    private readonly language: Language,
    private readonly signal: AbortSignal,
  ) {}

  /** One line; empty when only Enter was pressed. */
  async ask(question: Bilingual): Promise<string> {
    return this.readLine(`${question[this.language]}: `, process.stderr)
  }

  /** The same without showing what is typed. */
  async askSecret(question: Bilingual): Promise<string> {
    process.stderr.write(`${question[this.language]}: `)
    const silent = new Writable({ write: (_chunk, _encoding, done) => done() })
    const answer = await this.readLine('', silent)
    process.stderr.write('\n')
    return answer
  }

  async confirm(question: Bilingual, words: Bilingual = yesNo): Promise<boolean> {
    const [yes = 'y', no = 'n'] = (words[this.language].match(/\((.)\)/g) ?? []).map((word) =>
      word.charAt(1).toLowerCase(),
    )
    for (;;) {
      const answer = await this.readLine(
        `${rule}\n${question[this.language]}\n${rule}\n${words[this.language]}: `,
        process.stderr,
      )
      const first = answer.trim().charAt(0).toLowerCase()
      if (first === yes) return true
      if (first === no) return false
    }
  }

  /** A numbered list. @throws Failure (interrupted) for `c`, which cancels */
  async choose<T>(question: Bilingual, choices: readonly Choice<T>[]): Promise<T> {
    const list = choices.map(({ text }, index) => `${index + 1}: ${text[this.language]}`).join('\n')
    process.stderr.write(`\n${question[this.language]}\n${rule}\n${list}\n${rule}\n`)
    const range = {
      en: `Select the appropriate number [1-${choices.length}] then [enter] (press 'c' to cancel): `,
      ja: `番号 [1-${choices.length}] を選んで [Enter] ('c' で取り消し): `,
    }
    for (;;) {
      const answer = (await this.readLine(range[this.language], process.stderr)).trim()
      if (/^c$/i.test(answer)) throw cancelled
      const chosen = /^\d{1,4}$/.test(answer) ? choices[Number(answer) - 1] : undefined
      if (chosen) return chosen.value
    }
  }

  async pressEnter(text: Bilingual): Promise<void> {
    const go = { en: 'Press Enter to Continue', ja: 'Enter で続行' }[this.language]
    await this.readLine(`${rule}\n${text[this.language]}\n${rule}\n${go}`, process.stderr)
  }

  private async readLine(prompt: string, output: NodeJS.WritableStream): Promise<string> {
    const lines = createInterface({ input: process.stdin, output, terminal: true })
    const closed = new Promise<never>((_resolve, reject) => lines.once('close', () => reject(cancelled)))
    const stopped = () => lines.close()
    lines.once('SIGINT', stopped)
    this.signal.addEventListener('abort', stopped, { once: true })
    try {
      return await Promise.race([lines.question(prompt), closed])
    } finally {
      this.signal.removeEventListener('abort', stopped)
      lines.close()
    }
  }
}

const yesNo: Bilingual = { en: '(Y)es/(N)o', ja: '(Y)はい/(N)いいえ' }

const cancelled = new Failure('interrupted', {
  en: 'Cancelled; nothing was changed.',
  ja: '取り消しました。何も変更していません。',
})
