/** Programs that run beside the tests, in a folder of theirs; each is stopped by its own process. */
import { type ChildProcess, spawn } from 'node:child_process'

export const startChild = (
  folder: string,
  program: string,
  args: readonly string[],
  env: Record<string, string> = {},
): ChildProcess => spawn(program, args, { cwd: folder, env: { ...process.env, ...env }, stdio: 'ignore' })

export const stopChild = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve()
    child.once('exit', () => resolve())
    child.kill('SIGTERM')
  })
