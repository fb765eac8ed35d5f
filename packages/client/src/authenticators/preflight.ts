/**
 * Looks at challenges as the server will, before it is asked to: UPKI's own
 * service lets an account fail 20 validations a day, then none until tomorrow
 * (docs/client.md, "Challenges"). What cannot work is found here, for free.
 */
import { resolve4, resolve6 } from './public-dns.js'
import { fetchChallenge } from './fetch-challenge.js'
import { findTxt, type Resolvers } from './find-txt.js'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Bilingual } from '@upki-gateway/shared/problem'
import { httpPath, txtName, txtValue, type ChallengeTask } from '../acme/challenge.js'
import { Failure } from '../terminal/failure.js'
import { printable } from '../terminal/printable.js'

export interface PreflightOptions extends Resolvers {
  httpPort: number
  /** How long records may take to appear at the name servers. */
  propagationSeconds: number
  signal: AbortSignal
  tell: (state: Bilingual) => void
}

/** @throws Failure with everything that the server would not find */
export async function preflight(tasks: readonly ChallengeTask[], options: PreflightOptions): Promise<void> {
  const findings = await Promise.all(tasks.map((task) => checkTask(task, options)))
  const bad = findings.filter((finding) => finding !== undefined)
  if (bad.length === 0) return
  const list = (language: 'en' | 'ja') => bad.map((finding) => `\n  - ${finding[language]}`).join('')
  throw new Failure('failed', {
    en: `The server would not find what it looks for, so it was not asked:${list('en')}\nRepair it and run the command again. If only this machine sees it so (no way to its own public address, split DNS), give --preflight-dns or --no-preflight.`,
    ja: `サーバの確認に失敗する状態のため、まだ依頼していません:${list('ja')}\n直してからもう一度実行してください。このマシンからだけそう見える場合 (自分の公開アドレスへ接続できない、内外で DNS が異なる) は --preflight-dns か --no-preflight を指定してください。`,
  })
}

function checkTask(task: ChallengeTask, options: PreflightOptions): Promise<Bilingual | undefined> {
  if (task.type === 'dns-01') return checkTxt(task, options)
  return checkAddress(task, options)
}

async function checkAddress(task: ChallengeTask, options: PreflightOptions): Promise<Bilingual | undefined> {
  const { domain } = task
  const found = await Promise.all([resolve4(domain, options), resolve6(domain, options)])
  const addresses = found.flat()
  if (addresses.length === 0)
    return {
      en: `${domain} has no address in DNS (neither A nor AAAA).`,
      ja: `${domain} の DNS に A も AAAA もありません。`,
    }
  if (task.type !== 'http-01') return undefined
  // Servers prefer IPv6 and few fall back, so each address has to answer.
  const answers = await Promise.all(addresses.map((address) => checkFile(task, address, options)))
  return answers.find((answer) => answer !== undefined)
}

async function checkFile(
  task: ChallengeTask,
  address: string,
  { httpPort, signal }: PreflightOptions,
): Promise<Bilingual | undefined> {
  const url = `http://${task.domain}${httpPath(task)}`
  const answer = await fetchChallenge({
    domain: task.domain,
    path: httpPath(task),
    address,
    port: httpPort,
    signal,
  })
  if ('body' in answer && answer.body.trim() === task.keyAuthorization) return undefined
  const got =
    'body' in answer ? `HTTP ${answer.status}: ${printable(answer.body, 80)}` : printable(answer.error, 120)
  return {
    en: `${url} at ${address} port ${httpPort} does not answer with the challenge (${got}).`,
    ja: `${url} (${address} ポート ${httpPort}) がチャレンジの内容を返しません (${got})。`,
  }
}

async function checkTxt(task: ChallengeTask, options: PreflightOptions): Promise<Bilingual | undefined> {
  const [name, value] = [txtName(task), txtValue(task)]
  const end = performance.now() + options.propagationSeconds * 1000
  for (;;) {
    const missing = await findTxt(name, value, options)
    if (missing.length === 0) return undefined
    const servers = printable(missing.join(', '), 200)
    const state = {
      en: `${name} has no TXT record with the value yet at ${servers}`,
      ja: `${name} の TXT レコードがまだ ${servers} にありません`,
    }
    if (performance.now() > end) return { en: `${state.en}.`, ja: `${state.ja}。` }
    options.tell(state)
    await sleep(2000, undefined, { signal: options.signal })
  }
}
