/** What a process that works does for notices, every second: publish, call, mail. */
import type { Environment } from '../issuance/ports/environment.js'
import { makeMailer, sendMails } from './mail/send-mails.js'
import { publishEvents } from './publish.js'
import { makeWebhookCaller } from './webhooks/caller.js'
import { WebhookSender } from './webhooks/deliver.js'

const EVERY_MS = 1_000

/** @returns what stops it, once what is under way has ended */
export function runNotices(env: Environment): () => Promise<void> {
  const webhooks = new WebhookSender(env, makeWebhookCaller(env.config.webhooks))
  const mailer = env.config.smtpUrl === undefined ? undefined : makeMailer(env.config.smtpUrl)
  const stopping = new AbortController()
  let running: Promise<unknown> | undefined
  let mailing: Promise<unknown> | undefined
  const look = async () => {
    await publishEvents(env)
    await webhooks.begin()
    // A slow server keeps no webhook waiting.
    if (mailer)
      mailing ??= sendMails(env, mailer, stopping.signal)
        .catch((error: unknown) => env.log.error({ err: error }, 'mails were not sent; will try again'))
        .finally(() => (mailing = undefined))
  }
  const timer = setInterval(() => {
    running ??= look()
      .catch((error: unknown) => env.log.error({ err: error }, 'notices were not sent; will try again'))
      .finally(() => (running = undefined))
  }, EVERY_MS)
  return async () => {
    clearInterval(timer)
    stopping.abort()
    await running
    await Promise.all([webhooks.stop(), mailing])
    mailer?.close()
  }
}
