/** A person at a terminal: tmux shows what the program shows, and types what is answered. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'

const quote = (word: string) => `'${word.replaceAll("'", "'\\''")}'`

export class Terminal {
  private readonly folder = mkdtempSync(join(tmpdir(), 'upki-tmux-'))

  /** Runs `command` with nothing of this environment but the path. */
  constructor(command: readonly string[], env: Record<string, string> = {}) {
    const variables = Object.entries({ PATH: process.env.PATH ?? '', LANG: 'C.UTF-8', ...env })
    const set = variables.map(([name, value]) => `${name}=${quote(value)}`).join(' ')
    // Ctrl-C goes to the shell too, which stays to tell how the program ended.
    const line = `trap : INT; env -i TERM="$TERM" ${set} ${command.map(quote).join(' ')}; echo "ended with $?"; exec cat`
    this.tmux('-f', '/dev/null', 'new-session', '-d', '-x', '160', '-y', '60', `sh -c ${quote(line)}`)
  }

  /** A server of its own, which ends with its only session. */
  private tmux(...args: string[]): string {
    return execFileSync('tmux', ['-S', join(this.folder, 'socket'), ...args], { encoding: 'utf8' })
  }

  /** All lines so far; long ones as they were written. */
  get screen(): string {
    return this.tmux('capture-pane', '-p', '-J', '-S', '-1000')
  }

  /** Waits for the question and answers it. */
  async answer(question: string, text: string): Promise<void> {
    await this.shows(question)
    if (text) this.tmux('send-keys', '-l', '--', text)
    this.tmux('send-keys', 'Enter')
  }

  async shows(text: string): Promise<void> {
    await expect.poll(() => this.screen, { timeout: 60_000, interval: 50 }).toContain(text)
  }

  press(key: string): void {
    this.tmux('send-keys', key)
  }

  async endsWith(status: number): Promise<void> {
    await this.shows('ended with')
    expect(this.screen).toContain(`ended with ${status}`)
  }

  close(): void {
    this.tmux('kill-session')
    rmSync(this.folder, { recursive: true, force: true })
  }
}
