/**
 * The manual authenticator: a hook, or a person, shows what the server looks for.
 * Hooks get certbot's variables, so that its DNS hooks work unchanged:
 * CERTBOT_DOMAIN, CERTBOT_VALIDATION, CERTBOT_TOKEN (http-01),
 * CERTBOT_REMAINING_CHALLENGES, CERTBOT_ALL_DOMAINS, and for the cleanup hook
 * CERTBOT_AUTH_OUTPUT. They run one after the other, as the counter says.
 */
import type { Bilingual } from '@upki-gateway/shared/problem'
import { httpPath, txtName, txtValue, type Authenticator, type ChallengeTask } from '../acme/challenge.js'
import { mustSucceed, runShell } from '../installers/program.js'
import { Failure } from '../terminal/failure.js'
import type { Prompter } from '../terminal/prompter.js'
import { printable } from '../terminal/printable.js'
import type { Reporter } from '../terminal/reporter.js'

export interface ManualOptions {
  authHook?: string
  cleanupHook?: string
  reporter: Reporter
  /** Absent: there is nobody to ask. */
  prompter?: Prompter
}

export class ManualAuthenticator implements Authenticator {
  readonly name = 'manual'
  readonly types = ['http-01', 'dns-01'] as const
  /** What the auth hook wrote, by token. */
  private readonly outputs = new Map<string, string>()

  constructor(private readonly options: ManualOptions) {}

  async perform(tasks: readonly ChallengeTask[]): Promise<void> {
    const { authHook, prompter } = this.options
    for (const [index, task] of tasks.entries()) {
      if (authHook) await this.runAuthHook(authHook, task, variablesOf(tasks, index))
      else if (prompter) await prompter.pressEnter(instructions(task))
      else throw nobodyToAsk
    }
  }

  async cleanUp(tasks: readonly ChallengeTask[]): Promise<void> {
    const { cleanupHook, reporter } = this.options
    if (!cleanupHook) return
    for (const [index, task] of tasks.entries()) {
      const output = this.outputs.get(task.token)
      if (output === undefined) continue
      const variables = { ...variablesOf(tasks, index), CERTBOT_AUTH_OUTPUT: output }
      const { status, stderr } = await runShell(cleanupHook, { ...process.env, ...variables })
      if (status !== 0) reporter.warn(cleanupFailed(task, status, words(stderr)))
    }
    this.outputs.clear()
  }

  private async runAuthHook(hook: string, task: ChallengeTask, variables: Record<string, string>) {
    // Cleaned up also when the hook fails half way.
    this.outputs.set(task.token, '')
    const ended = await runShell(hook, { ...process.env, ...variables })
    this.outputs.set(task.token, words(ended.stdout))
    mustSucceed(`--manual-auth-hook (${task.domain})`, ended)
    const said = printable(words(ended.stderr), 1000)
    if (said) this.options.reporter.say({ en: `manual-auth-hook: ${said}`, ja: `manual-auth-hook: ${said}` })
  }
}

const words = (latin1: string) => Buffer.from(latin1, 'latin1').toString().trim()

function variablesOf(tasks: readonly ChallengeTask[], index: number): Record<string, string> {
  const task = tasks[index] as ChallengeTask
  const isHttp = task.type === 'http-01'
  return {
    CERTBOT_DOMAIN: task.domain,
    CERTBOT_VALIDATION: isHttp ? task.keyAuthorization : txtValue(task),
    ...(isHttp ? { CERTBOT_TOKEN: task.token } : {}),
    CERTBOT_REMAINING_CHALLENGES: String(tasks.length - index - 1),
    CERTBOT_ALL_DOMAINS: tasks.map(({ domain }) => domain).join(','),
  }
}

function instructions(task: ChallengeTask): Bilingual {
  if (task.type === 'dns-01')
    return {
      en: `Please deploy a DNS TXT record under the name:\n\n  ${txtName(task)}.\n\nwith the following value:\n\n  ${txtValue(task)}\n\nRecords that are there already stay beside it.`,
      ja: `次の名前に DNS TXT レコードを作成してください:\n\n  ${txtName(task)}.\n\n値:\n\n  ${txtValue(task)}\n\n既にある同名のレコードは残してください。`,
    }
  const url = `http://${task.domain}${httpPath(task)}`
  return {
    en: `Create a file containing just this data:\n\n  ${task.keyAuthorization}\n\nAnd make it available on your web server at this URL:\n\n  ${url}`,
    ja: `次の内容だけのファイルを作成し:\n\n  ${task.keyAuthorization}\n\nウェブサーバの次の URL で公開してください:\n\n  ${url}`,
  }
}

const cleanupFailed = ({ domain }: ChallengeTask, status: number, said: string): Bilingual => ({
  en: `The manual-cleanup-hook for ${domain} failed with status ${status}: ${printable(said, 500)}`,
  ja: `${domain} の manual-cleanup-hook が終了コード ${status} で失敗しました: ${printable(said, 500)}`,
})

const nobodyToAsk = new Failure('usage', {
  en: '--manual without a terminal needs --manual-auth-hook.',
  ja: '端末なしで --manual を使うには --manual-auth-hook が必要です。',
})
