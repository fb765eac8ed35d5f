/** Runs a command in this process with what it writes captured, in a directory that is gone afterwards. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Context } from '../commands/command-spec.js'
import { runCertonly } from '../commands/certonly/run.js'
import type { CertonlyOptions } from '../commands/certonly/request.js'
import type { Outcome } from '../terminal/failure.js'
import { Reporter } from '../terminal/reporter.js'

export interface Workspace {
  configDir: string
  path: (...parts: string[]) => string
  remove: () => Promise<void>
}

export async function makeWorkspace(): Promise<Workspace> {
  const configDir = await mkdtemp(join(tmpdir(), 'upki client '))
  return {
    configDir,
    path: (...parts) => join(configDir, ...parts),
    remove: () => rm(configDir, { recursive: true, force: true }),
  }
}

export interface Captured {
  stdout: string
  stderr: string
}

export function capture(overrides: Partial<Context> = {}): { context: Context; captured: Captured } {
  const captured: Captured = { stdout: '', stderr: '' }
  const reporter = new Reporter({
    language: 'en',
    quiet: false,
    json: true,
    stdout: { write: (text) => (captured.stdout += text) },
    stderr: { write: (text) => (captured.stderr += text) },
  })
  const signal = new AbortController().signal
  return {
    captured,
    context: { language: 'en', reporter, signal, now: () => new Date(), table: [], ...overrides },
  }
}

/** `certonly` with the options that most tests want. */
export async function certonlyIn(
  workspace: Workspace,
  options: Partial<CertonlyOptions>,
  overrides: Partial<Context> = {},
): Promise<{ outcome: Outcome; captured: Captured; result: Record<string, unknown> }> {
  const { context, captured } = capture(overrides)
  const all = { configDir: workspace.configDir, allowHttp: true, timeout: 30, wait: true, ...options }
  const outcome = await runCertonly(all, context)
  return { outcome, captured, result: JSON.parse(captured.stdout) as Record<string, unknown> }
}
