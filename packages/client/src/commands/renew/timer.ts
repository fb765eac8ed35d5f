/** `renew --install-timer`: writes the timer where this system looks for it. */
import { existsSync, realpathSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { mustSucceed, runProgram } from '../../installers/program.js'
import { publicMode, writeFileAtomic } from '../../keystore/atomic-file.js'
import { renderCron, renderService, renderTimer, type Program } from '../../renewal/timer.js'
import { Failure, type Outcome } from '../../terminal/failure.js'
import type { Context } from '../command-spec.js'
import type { RenewOptions } from './options.js'

/** @param root another root than `/`, where files are written and no service manager is told */
export async function runInstallTimer(
  options: RenewOptions,
  { reporter }: Context,
  root = '/',
): Promise<Outcome> {
  const files = await writeTimer(describeProgram(options), root)
  if (root === '/' && files.some((file) => file.endsWith('.timer'))) await startTimer()
  reporter.result(
    {
      en: `Renewals run twice a day: ${files.join(', ')}`,
      ja: `更新は 1 日 2 回実行されます: ${files.join(', ')}`,
    },
    { outcome: 'done', files },
  )
  return 'done'
}

async function writeTimer(program: Program, root: string): Promise<string[]> {
  if (existsSync(join(root, 'run/systemd/system'))) {
    const service = join(root, 'etc/systemd/system/upki-client.service')
    const timer = join(root, 'etc/systemd/system/upki-client.timer')
    await writeFileAtomic(service, renderService(program), publicMode)
    await writeFileAtomic(timer, renderTimer(), publicMode)
    return [service, timer]
  }
  const folder = join(root, 'etc/cron.d')
  if (!existsSync(folder)) throw noScheduler
  const file = join(folder, 'upki-client')
  const [minute, hour] = [Math.floor(Math.random() * 60), Math.floor(Math.random() * 12)]
  await writeFileAtomic(file, renderCron(program, minute, hour), publicMode)
  return [file]
}

async function startTimer(): Promise<void> {
  mustSucceed('systemctl daemon-reload', await runProgram('systemctl', ['daemon-reload']))
  const enabled = await runProgram('systemctl', ['enable', '--now', 'upki-client.timer'])
  mustSucceed('systemctl enable --now upki-client.timer', enabled)
}

function describeProgram({ configDir, workDir, logsDir }: RenewOptions): Program {
  const places = { '--config-dir': configDir, '--work-dir': workDir, '--logs-dir': logsDir }
  const args = Object.entries(places).flatMap(([flag, path]) => (path ? [flag, resolve(path)] : []))
  const script = resolve(process.argv[1] ?? 'upki-client')
  const isExecutable = existsSync(script) && realpathSync(script) === process.execPath
  return { node: process.execPath, ...(isExecutable ? {} : { script }), args }
}

const noScheduler = new Failure('failed', {
  en: 'Here is neither systemd nor /etc/cron.d. Have "upki-client renew -q" run twice a day by what this system has.',
  ja: 'systemd も /etc/cron.d もありません。"upki-client renew -q" を 1 日 2 回実行するよう設定してください。',
})
