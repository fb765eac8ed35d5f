/** What a process that works does for notices, every second: publish, deliver. */
import type { Environment } from '../issuance/ports/environment.js'
import { publishEvents } from './publish.js'
import { makeWebhookCaller } from './webhooks/caller.js'
import { WebhookSender } from './webhooks/deliver.js'

const EVERY_MS = 1_000

/** @returns what stops it, once what is under way has ended */
export function runNotices(env: Environment): () => Promise<void> {
  const webhooks = new WebhookSender(env, makeWebhookCaller(env.config.webhooks))
  let running: Promise<unknown> | undefined
  const look = async () => {
    await publishEvents(env)
    await webhooks.begin()
  }
  const timer = setInterval(() => {
    running ??= look()
      .catch((error: unknown) => env.log.error({ err: error }, 'notices were not sent; will try again'))
      .finally(() => (running = undefined))
  }, EVERY_MS)
  return async () => {
    clearInterval(timer)
    await running
    await webhooks.stop()
  }
}
