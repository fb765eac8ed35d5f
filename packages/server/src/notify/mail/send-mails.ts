/**
 * Sends mails that are due, and tries again what fails. Message-ID stays the same: where an answer of the server was
 * lost, the same mail may come twice, and programs can see that it is the same.
 */
import { createTransport } from 'nodemailer'
import type { Environment } from '../../issuance/ports/environment.js'
import type { MailRow } from '../../store/event-tables.js'
import { claimMails, listMailed, settleMail } from '../../store/mails.js'
import { renderMail } from './render-mail.js'

const AT_ONCE = 10
/** Longer than any sending. */
const LEASE_MS = 300_000
const TIMEOUT_MS = 10_000
const FIRST_RETRY_MS = 60_000
const LONGEST_RETRY_MS = 4 * 3_600_000
/** What is collected into one mail may wait a day. */
const LONGEST_MS = 86_400_000
const GIVE_UP_MS = 5 * 86_400_000

export interface Post {
  from: string
  to: string
  subject: string
  text: string
  messageId: string
  date: Date
}

export interface Mailer {
  send(post: Post): Promise<void>
  close(): void
}

export function makeMailer(smtpUrl: string): Mailer {
  const transport = createTransport({
    url: smtpUrl,
    connectionTimeout: TIMEOUT_MS,
    greetingTimeout: TIMEOUT_MS,
    socketTimeout: TIMEOUT_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  return {
    send: async ({ to, ...post }) => {
      // RFC 3834 §5: so that nobody's absence note answers.
      const headers = { 'Auto-Submitted': 'auto-generated' }
      await transport.sendMail({ ...post, to: { name: '', address: to }, headers })
    },
    close: () => transport.close(),
  }
}

/** RFC 5321 §4.2.1: 5yz is for good. */
const isFinal = (error: unknown): boolean => Number((error as { responseCode?: unknown }).responseCode) >= 500

const retryMs = (attempts: number): number =>
  Math.min(FIRST_RETRY_MS * 2 ** Math.min(attempts - 1, 20), LONGEST_RETRY_MS)

/** What a server says can hold the address. */
function describe(error: unknown): string {
  const { code, responseCode } = error as { code?: string; responseCode?: number }
  return [code, responseCode].filter((part) => part !== undefined).join(' ') || 'not sent'
}

async function toPost(env: Environment, mail: MailRow, from: string): Promise<Post | undefined> {
  const events = await listMailed(env.db, mail.positions)
  if (events.length === 0) return undefined
  const organisation = env.organisation(mail.organisation)
  const { subject, text } = renderMail(mail, events, {
    organisation,
    consoleUrl: env.config.console.externalUrl,
  })
  const messageId = `<${mail.id}@${from.split('@')[1] ?? 'localhost'}>`
  return { from, to: mail.recipient, subject, text, messageId, date: mail.since }
}

async function sendOne(env: Environment, mailer: Mailer, mail: MailRow): Promise<void> {
  const now = env.now()
  try {
    const post = await toPost(env, mail, env.config.mail?.from ?? '')
    if (post) await mailer.send(post)
    await settleMail(env.db, mail, { state: 'sent', ended_at: now, last_error: null })
  } catch (error) {
    const reason = describe(error)
    const isLost = isFinal(error) || now.getTime() - mail.since.getTime() > GIVE_UP_MS
    const due = new Date(now.getTime() + retryMs(mail.attempts))
    await settleMail(
      env.db,
      mail,
      isLost
        ? { state: 'failed', ended_at: now, last_error: reason }
        : { state: 'pending', due_at: due, last_error: reason },
    )
    env.log.warn({ mail: mail.id, reason, isLost }, 'a mail was not sent')
  }
}

/** Until nothing is due, or the process is to end. */
export async function sendMails(env: Environment, mailer: Mailer, signal?: AbortSignal): Promise<void> {
  while (!signal?.aborted) {
    const now = env.now()
    const claim = {
      now,
      leaseUntil: new Date(now.getTime() + LEASE_MS),
      longestMs: LONGEST_MS,
      limit: AT_ONCE,
    }
    const mails = await claimMails(env.db, claim)
    if (mails.length === 0) return
    // What is not tried before the end is due again when its lease is over.
    for (const mail of mails) if (!signal?.aborted) await sendOne(env, mailer, mail)
  }
}
