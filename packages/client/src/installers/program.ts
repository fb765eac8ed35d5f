/** Runs the programs of servers and the commands of administrators, bounded in time and in what is kept of their words. */
import { execFile } from 'node:child_process'
import { Failure } from '../terminal/failure.js'
import { printable } from '../terminal/printable.js'

export interface Ended {
  /** Exit status; -1 when it could not be run or took too long. */
  status: number
  stdout: string
  stderr: string
}

const maxOutputBytes = 64 * 1024 * 1024
/** A configuration test that resolves names of back ends takes its time. */
const timeoutMs = 120_000

export function runProgram(file: string, args: readonly string[], env?: NodeJS.ProcessEnv): Promise<Ended> {
  return new Promise((resolve) => {
    // latin1 keeps every byte: paths and messages may be in any encoding.
    const options = { encoding: 'latin1', maxBuffer: maxOutputBytes, timeout: timeoutMs, env } as const
    execFile(file, [...args], options, (error, stdout, stderr) => {
      const status = error ? (typeof error.code === 'number' ? error.code : -1) : 0
      resolve({ status, stdout, stderr: stderr || (error && status === -1 ? error.message : '') })
    })
  })
}

/** Runs a command line by the system's shell. */
export const runShell = (command: string, env?: NodeJS.ProcessEnv) =>
  process.platform === 'win32'
    ? runProgram('cmd.exe', ['/d', '/s', '/c', command], env)
    : runProgram('/bin/sh', ['-c', command], env)

/** @throws Failure with the program's own words */
export function mustSucceed(what: string, { status, stderr, stdout }: Ended): void {
  if (status === 0) return
  const words = printable(Buffer.from(stderr || stdout, 'latin1').toString(), 1500)
  throw new Failure('failed', {
    en: `${what} failed (status ${status}): ${words}`,
    ja: `${what} が失敗しました (終了コード ${status}): ${words}`,
  })
}
