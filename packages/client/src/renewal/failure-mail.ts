/** The mail about renewals that failed, by the machine's own sendmail: it knows how mail leaves here, and who signs it. */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { hostname } from 'node:os'
import type { Bilingual } from '@upki-gateway/shared/problem'

export interface FailureReport {
  to: string
  failed: readonly { name: string; message?: string }[]
}

/** RFC 5322 with RFC 2047 words: the subject may be Japanese, the body is Base64 of UTF-8. */
export function renderFailureMail({ to, failed }: FailureReport, language: keyof Bilingual): string {
  const host = hostname()
  const subject = {
    en: `upki-client on ${host}: ${failed.length} certificate(s) could not be renewed`,
    ja: `${host} の upki-client: ${failed.length} 件の証明書を更新できませんでした`,
  }[language]
  const list = failed.map(({ name, message }) => `${name}:\n  ${(message ?? '').replaceAll('\n', '\n  ')}`)
  const closing = {
    en: 'The certificates in place stay in use, and the next runs try again. "upki-client doctor" tells what is wrong.',
    ja: '今の証明書は使われ続け、次回以降の実行で再試行します。"upki-client doctor" で原因を調べられます。',
  }[language]
  const body = Buffer.from([...list, '', closing, ''].join('\n')).toString('base64')
  return [
    `To: ${to}`,
    `Subject: ${encodeWords(subject)}`,
    'Auto-Submitted: auto-generated',
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: base64',
    '',
    ...(body.match(/.{1,76}/g) ?? []),
    '',
  ].join('\n')
}

/** At most 75 characters each (RFC 2047 §2): 14 characters of Japanese fit into one. */
const encodeWords = (text: string): string =>
  (text.match(/.{1,14}/gsu) ?? [])
    .map((part) => `=?utf-8?B?${Buffer.from(part).toString('base64')}?=`)
    .join('\n ')

/** @throws Error when there is no sendmail, or it refuses */
export function sendMail(mail: string, program = findSendmail()): Promise<void> {
  return new Promise((resolve, reject) => {
    // Recipients come from the headers; a single dot is a line as any other.
    const child = spawn(program, ['-i', '-t'], { stdio: ['pipe', 'ignore', 'ignore'], timeout: 60_000 })
    child.once('error', reject)
    child.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`${program}: status ${code}`))))
    child.stdin.on('error', () => undefined).end(mail)
  })
}

const findSendmail = () =>
  ['/usr/sbin/sendmail', '/usr/lib/sendmail', '/usr/bin/sendmail'].find(existsSync) ?? 'sendmail'
