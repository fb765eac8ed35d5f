/**
 * Commands of the administrator around a renewal, with certbot's variables:
 * RENEWED_LINEAGE and RENEWED_DOMAINS for deploy, FAILED_DOMAINS beside the latter
 * for post. What lies executable in `renewal-hooks/{pre,deploy,post}` runs first.
 * A command given for several certificates runs once for pre and post.
 */
import { accessSync, constants } from 'node:fs'
import { join } from 'node:path'
import { runShell } from '../installers/program.js'
import type { Directories } from '../keystore/directories.js'
import { listNames } from '../keystore/read-optional.js'
import { printable } from '../terminal/printable.js'
import type { Reporter } from '../terminal/reporter.js'

export type HookKind = 'pre' | 'deploy' | 'post' | 'failure'

export interface HookContext {
  directories: Directories
  reporter: Reporter
}

/** Runs hooks one after the other. @returns whether all succeeded */
export async function runHooks(
  kind: HookKind,
  commands: readonly (string | undefined)[],
  variables: Record<string, string>,
  { directories, reporter }: HookContext,
): Promise<boolean> {
  const own = commands.filter((command) => command !== undefined && command !== '')
  const all = [...new Set([...(await hookFiles(kind, directories)), ...own])] as string[]
  let good = true
  for (const command of all) good = (await runHook(kind, command, variables, reporter)) && good
  return good
}

async function runHook(
  kind: HookKind,
  command: string,
  variables: Record<string, string>,
  reporter: Reporter,
): Promise<boolean> {
  const { status, stdout, stderr } = await runShell(command, { ...process.env, ...variables })
  const words = [stdout, stderr].map((text) => printable(Buffer.from(text, 'latin1').toString(), 1000))
  for (const said of words.filter(Boolean))
    reporter.say({ en: `${kind}-hook: ${said}`, ja: `${kind}-hook: ${said}` })
  if (status === 0) return true
  reporter.warn({
    en: `The ${kind}-hook "${printable(command, 200)}" failed with status ${status}.`,
    ja: `${kind}-hook "${printable(command, 200)}" が終了コード ${status} で失敗しました。`,
  })
  return false
}

async function hookFiles(kind: HookKind, { config }: Directories): Promise<string[]> {
  const folder = join(config, 'renewal-hooks', kind)
  const names = (await listNames(folder)).filter((name) => !name.endsWith('~'))
  return names
    .map((name) => join(folder, name))
    .filter(isExecutable)
    .map(quote)
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

const quote = (path: string) => `'${path.replaceAll("'", "'\\''")}'`

export const deployVariables = (lineage: string, names: readonly string[]) => ({
  RENEWED_LINEAGE: lineage,
  RENEWED_DOMAINS: names.join(' '),
})
