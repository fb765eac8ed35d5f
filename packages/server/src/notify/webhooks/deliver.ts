/**
 * Delivers events to webhooks: each in a lane of its own, so that a slow receiver keeps no other waiting.
 *
 * What fails is tried again with growing pauses, and holds only later events of the same application. A receiver that fails
 * again and again is left alone for a while as a whole, and disabled in the end.
 * Source: docs/notices.md, "Webhooks".
 */
import type { Environment } from '../../issuance/ports/environment.js'
import { appendAudit } from '../../store/audit.js'
import type { WebhookRow } from '../../store/event-tables.js'
import {
  claimDeliveries,
  type ClaimedDelivery,
  type DeliveryOutcome,
  settleDelivery,
} from '../../store/webhook-deliveries.js'
import { findWebhook, listDueWebhooks, noteOfWebhook } from '../../store/webhooks.js'
import { representEvent } from '../represent-event.js'
import type { WebhookCaller } from './caller.js'
import { openSecrets } from './secret.js'
import { signedHeaders } from './sign.js'

const AT_ONCE = 10
/** Longer than any call. */
const LEASE_MS = 120_000
const HOUR_MS = 3_600_000

const FIRST_RETRY_MS = 5_000
const LONGEST_RETRY_MS = 4 * HOUR_MS
/** Failures in a row after which the receiver as a whole is left alone. */
const FAILURES_TO_PAUSE = 5
const LONGEST_PAUSE_MS = 15 * 60_000

const doubled = (first: number, times: number, longest: number): number =>
  Math.min(first * 2 ** Math.min(times, 30), longest)

/** With a random part, so that what failed together does not come back together. */
export const retryMs = (attempts: number, random = Math.random()): number =>
  doubled(FIRST_RETRY_MS, attempts - 1, LONGEST_RETRY_MS) * (0.75 + random / 2)

export const pauseMs = (failures: number): number =>
  failures < FAILURES_TO_PAUSE ? 0 : doubled(FIRST_RETRY_MS, failures - FAILURES_TO_PAUSE, LONGEST_PAUSE_MS)

const after = (now: Date, ms: number): Date => new Date(now.getTime() + ms)

interface Answer {
  status: number | null
  error: string | null
}

const isTaken = ({ status }: Answer): boolean => status !== null && status >= 200 && status < 300

const explain = (status: number): string =>
  status >= 300 && status < 400 ? `Status ${status}: redirects are not followed` : `Status ${status}`

async function send(
  { env, caller }: Sender,
  webhook: WebhookRow,
  delivery: ClaimedDelivery,
): Promise<Answer> {
  const message = { id: delivery.position, body: JSON.stringify(representEvent(delivery)) }
  const headers = signedHeaders(openSecrets(env.vault, webhook, env.now()), message, env.now())
  try {
    const status = await caller.post(webhook.url, message.body, headers)
    return { status, error: isTaken({ status, error: null }) ? null : explain(status) }
  } catch (error) {
    return { status: null, error: (error instanceof Error ? error.message : String(error)).slice(0, 300) }
  }
}

function outcomeOf(
  { now, config }: Environment,
  { attempts, since }: ClaimedDelivery,
  answer: Answer,
): DeliveryOutcome {
  const told = { last_status: answer.status, last_error: answer.error }
  if (isTaken(answer)) return { ...told, state: 'delivered', ended_at: now() }
  const isLate = now().getTime() - since.getTime() > config.webhooks.giveUpHours * HOUR_MS
  if (isLate) return { ...told, state: 'failed', ended_at: now() }
  return { ...told, state: 'pending', due_at: after(now(), retryMs(attempts)) }
}

/** RFC 9110 §15.5.11: the receiver does not want to be asked again. */
const GONE = 410

function whyDisable({ now, config }: Environment, { failing_since: since }: WebhookRow, answer: Answer) {
  if (answer.status === GONE) return 'gone'
  const isLong =
    since !== null && now().getTime() - since.getTime() > config.webhooks.disableAfterHours * HOUR_MS
  return isLong ? 'failing' : undefined
}

/** Its team is told, and the record has it; an operator can enable it again. @returns false when somebody has changed it since */
async function disable(env: Environment, webhook: WebhookRow, reason: 'failing' | 'gone'): Promise<boolean> {
  const now = env.now()
  const isDisabled = await env.db.transaction().execute(async (trx) => {
    const change = { disabled_at: now, disabled_because: reason, updated_at: now }
    if (!(await noteOfWebhook(trx, webhook, change))) return false
    const data = JSON.stringify({ webhook: webhook.id, reason })
    await trx
      .insertInto('events')
      .values({ at: now, organisation: webhook.organisation, type: 'webhook.disabled', data })
      .execute()
    const detail = { reason, organisation: webhook.organisation }
    await appendAudit(trx, [
      { at: now, actor: 'gateway', action: 'webhook.disable', subject: webhook.id, detail },
    ])
    return true
  })
  if (isDisabled) env.log.warn({ webhook: webhook.id, reason }, 'a webhook was disabled')
  return isDisabled
}

/** @returns whether to go on at once */
async function noteHealth(
  env: Environment,
  webhook: WebhookRow,
  answers: readonly Answer[],
): Promise<boolean> {
  const failed = answers.find((answer) => !isTaken(answer))
  if (answers.some(isTaken)) {
    if (webhook.failures > 0)
      await noteOfWebhook(env.db, webhook, { failures: 0, failing_since: null, paused_until: null })
    return true
  }
  if (!failed) return true
  const reason = whyDisable(env, webhook, failed)
  if (reason) return !(await disable(env, webhook, reason))
  const failures = webhook.failures + answers.length
  const pause = pauseMs(failures)
  const isNoted = await noteOfWebhook(env.db, webhook, {
    failures,
    failing_since: webhook.failing_since ?? env.now(),
    paused_until: pause > 0 ? after(env.now(), pause) : null,
  })
  return pause === 0 || !isNoted
}

interface Sender {
  env: Environment
  caller: WebhookCaller
}

/** @returns whether there may be more */
async function deliverSome(sender: Sender, id: string): Promise<boolean> {
  const { env } = sender
  const webhook = await findWebhook(env.db, id)
  if (!webhook || webhook.disabled_at) return false
  const now = env.now()
  const claim = { now, leaseUntil: after(now, LEASE_MS), longestMs: LONGEST_RETRY_MS, limit: AT_ONCE }
  const deliveries = await claimDeliveries(env.db, id, claim)
  const answers = await Promise.all(
    deliveries.map(async (delivery) => {
      const answer = await send(sender, webhook, delivery)
      await settleDelivery(env.db, id, delivery, outcomeOf(env, delivery, answer))
      return answer
    }),
  )
  return deliveries.length > 0 && (await noteHealth(env, webhook, answers))
}

export class WebhookSender implements Sender {
  readonly #lanes = new Map<string, Promise<void>>()
  #isStopped = false

  constructor(
    readonly env: Environment,
    readonly caller: WebhookCaller,
  ) {}

  /** Begins a lane for each webhook that something is due for and that has none yet. */
  async begin(): Promise<void> {
    for (const id of await listDueWebhooks(this.env.db, { now: this.env.now(), longestMs: LONGEST_RETRY_MS }))
      if (!this.#lanes.has(id) && !this.#isStopped) this.#lanes.set(id, this.#deliver(id))
  }

  /** Until nothing is due any more. */
  async settle(): Promise<void> {
    await Promise.all(this.#lanes.values())
  }

  /** Lets calls that are under way end. */
  async stop(): Promise<void> {
    this.#isStopped = true
    await this.settle()
    this.caller.close()
  }

  async #deliver(id: string): Promise<void> {
    try {
      while (!this.#isStopped && (await deliverSome(this, id)));
    } catch (error) {
      this.env.log.error({ webhook: id, err: error }, 'a webhook could not be served; will try again')
    } finally {
      this.#lanes.delete(id)
    }
  }
}
