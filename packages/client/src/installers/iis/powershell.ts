/** Runs programs of Windows for the IIS installer, through a runner that tests replace. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { mustSucceed, type Ended } from '../program.js'

/** @param input for standard input: what must not stand among the arguments */
export type Run = (file: string, args: readonly string[], input?: string) => Promise<Ended>

const timeoutMs = 120_000

export const runOnWindows: Run = (file, args, input = '') =>
  new Promise((resolve) => {
    // As the other runner keeps it: one character per byte.
    const options = { encoding: 'latin1', timeout: timeoutMs, windowsHide: true } as const
    const child = execFile(file, [...args], options, (error, stdout, stderr) => {
      const status = error ? (typeof error.code === 'number' ? error.code : -1) : 0
      resolve({ status, stdout, stderr: stderr || (error && status === -1 ? error.message : '') })
    })
    // A program that could not be started has no one to read.
    child.stdin?.on('error', () => undefined).end(input)
  })

/** By full path: a `powershell` or `netsh` elsewhere on the PATH is not asked. */
const systemFolder = () => join(process.env.SystemRoot ?? 'C:\\Windows', 'System32')

/** The script goes as Base64 of UTF-16: no shell in between takes part of it for its own, and Japanese survives. */
export const powershellArguments = (script: string) => [
  ...['-NoLogo', '-NoProfile', '-NonInteractive', '-OutputFormat', 'Text', '-EncodedCommand'],
  Buffer.from(script, 'utf16le').toString('base64'),
]

/** @throws Failure with PowerShell's own words */
export async function runScript(run: Run, what: string, script: string, input?: string): Promise<string> {
  const file = join(systemFolder(), 'WindowsPowerShell', 'v1.0', 'powershell.exe')
  const ended = await run(file, powershellArguments(script), input)
  mustSucceed(what, ended)
  return Buffer.from(ended.stdout, 'latin1')
    .toString()
    .replace(/^\ufeff/, '')
    .trim()
}

export async function showSslCerts(run: Run): Promise<string> {
  const ended = await run(join(systemFolder(), 'netsh.exe'), ['http', 'show', 'sslcert'])
  // Where there is none yet, netsh says so and fails.
  return ended.status === 0 ? ended.stdout : ''
}
