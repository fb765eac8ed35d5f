/** /v1/webhooks: who is called with what happens. The secret is in the answer that makes it, and nowhere else. */
import { isIP } from 'node:net'
import { type Request, Router } from 'express'
import { newId } from '../issuance/new-id.js'
import type { Environment } from '../issuance/ports/environment.js'
import { type EventType, eventTypes } from '../notify/event-types.js'
import { sealSecret } from '../notify/webhooks/secret.js'
import { makeSecret } from '../notify/webhooks/sign.js'
import { makeAddressGuard } from '../net/address-guard.js'
import { ProblemError } from '../problem/problem-error.js'
import { appendAudit } from '../store/audit.js'
import type { Transaction } from '../store/database.js'
import type { DeliveryState, WebhookRow } from '../store/event-tables.js'
import { type DeliveryView, listDeliveries, makeDue, replayFrom } from '../store/webhook-deliveries.js'
import {
  countWebhooks,
  deleteWebhook,
  findWebhook,
  insertWebhook,
  listWebhooks,
  updateWebhook,
  type WebhookChange,
} from '../store/webhooks.js'
import type { components } from './api-types.js'
import { callerOf, needScope } from './authenticate.js'
import { own } from './own.js'
import { nextOf, queryOf, readPage } from './page.js'

type Schemas = components['schemas']

const MOST_OF_ONE_ORGANISATION = 20

const represent = (row: WebhookRow): Schemas['Webhook'] => ({
  id: row.id,
  organisation: row.organisation,
  url: row.url,
  description: row.description,
  types: row.types,
  createdBy: row.created_by,
  createdAt: row.created_at.toISOString(),
  updatedAt: row.updated_at.toISOString(),
  disabledAt: row.disabled_at?.toISOString() ?? null,
  disabledBecause: row.disabled_because,
  failures: row.failures,
  failingSince: row.failing_since?.toISOString() ?? null,
  pausedUntil: row.paused_until?.toISOString() ?? null,
  oldSecretUntil: row.old_secret_until?.toISOString() ?? null,
})

const representDelivery = (row: DeliveryView): Schemas['WebhookDelivery'] => ({
  event: row.position,
  type: row.type,
  state: row.state,
  attempts: row.attempts,
  dueAt: row.state === 'pending' ? row.due_at.toISOString() : null,
  endedAt: row.ended_at?.toISOString() ?? null,
  lastStatus: row.last_status,
  lastError: row.last_error,
})

const refuse = (en: string, ja: string): ProblemError => new ProblemError('applicationsRefused', en, { ja })

/** Of names only the address that they have when they are called counts; an address in the URL is told at once. */
function checkUrl({ config }: Environment, text: string): void {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.protocol !== 'https:' || url.username || url.password || url.hash)
    throw refuse(
      'url must be an https URL without user name, password and fragment',
      'url はユーザ名・パスワード・フラグメントを含まない https のURLにしてください。',
    )
  const host = url.hostname.replace(/^\[|\]$/g, '')
  if (isIP(host) === 0 || makeAddressGuard(config.webhooks.allowedNetworks)(host)) return
  throw refuse(
    'url has an address that is not public; the operator of the gateway can allow its network',
    'url のアドレスはグローバルアドレスではありません。必要ならゲートウェイの設定で許可してください。',
  )
}

/** In the order of the catalogue, each once. */
const readTypes = (types: readonly EventType[] | undefined): EventType[] =>
  types === undefined ? [...eventTypes] : eventTypes.filter((type) => types.includes(type))

const findOwn = async (db: Environment['db'] | Transaction, request: Request): Promise<WebhookRow> =>
  own(request, await findWebhook(db, String(request.params.id)), 'webhook')

async function record(
  env: Environment,
  trx: Transaction,
  request: Request,
  { action, id, ...detail }: { action: string; id: string } & Record<string, unknown>,
): Promise<void> {
  const { actor } = callerOf(request)
  await appendAudit(trx, [{ at: env.now(), actor, action: `webhook.${action}`, subject: id, detail }])
}

async function make(env: Environment, trx: Transaction, request: Request) {
  const { organisation, actor } = callerOf(request)
  const { url, description, types: asked } = request.body as Schemas['WebhookInput']
  checkUrl(env, url)
  if ((await countWebhooks(trx, organisation)) >= MOST_OF_ONE_ORGANISATION)
    throw refuse(
      `An organisation has ${MOST_OF_ONE_ORGANISATION} webhooks at most; delete one first`,
      `Webhookは機関ごとに${MOST_OF_ONE_ORGANISATION}件までです。不要なものを削除してください。`,
    )
  const [id, secret, now, types] = [newId(), makeSecret(), env.now(), readTypes(asked)]
  const dates = { created_at: now, updated_at: now }
  const shown = { id, organisation, url, description: description ?? null, types, created_by: actor }
  await insertWebhook(trx, { ...shown, ...dates, secret: sealSecret(env.vault, { id }, secret) })
  await record(env, trx, request, { action: 'create', id, url, types })
  return { webhook: represent(own(request, await findWebhook(trx, id), 'webhook')), secret }
}

const HOUR_MS = 3_600_000

/** A secret before the last one signs no more, whatever was said of it. */
async function changeSecret(env: Environment, trx: Transaction, request: Request) {
  const { id, secret: old } = await findOwn(trx, request)
  const { graceHours } = request.body as Schemas['WebhookSecretChange']
  const [secret, now] = [makeSecret(), env.now()]
  const before =
    graceHours > 0
      ? { old_secret: old, old_secret_until: new Date(now.getTime() + graceHours * HOUR_MS) }
      : { old_secret: null, old_secret_until: null }
  await updateWebhook(trx, id, { ...before, secret: sealSecret(env.vault, { id }, secret), updated_at: now })
  await record(env, trx, request, { action: 'secret', id, graceHours })
  return { webhook: represent(await findOwn(trx, request)), secret }
}

const healthy = { failures: 0, failing_since: null, paused_until: null } satisfies WebhookChange

function enabledChange(env: Environment, enabled: boolean | undefined): WebhookChange {
  if (enabled === undefined) return {}
  if (!enabled) return { disabled_at: env.now(), disabled_because: 'operator' }
  return { ...healthy, disabled_at: null, disabled_because: null }
}

async function change(env: Environment, trx: Transaction, request: Request): Promise<WebhookRow> {
  const { id, url: before } = await findOwn(trx, request)
  const { url, description, types, enabled } = request.body as Schemas['WebhookChange']
  if (url !== undefined) checkUrl(env, url)
  const isElsewhere = url !== undefined && url !== before
  await updateWebhook(trx, id, {
    // How another receiver fared says nothing of this one.
    ...(isElsewhere && healthy),
    ...enabledChange(env, enabled),
    ...(url !== undefined && { url }),
    ...(description !== undefined && { description }),
    ...(types !== undefined && { types: readTypes(types) }),
    updated_at: env.now(),
  })
  if (enabled || isElsewhere) await makeDue(trx, id, env.now())
  await record(env, trx, request, { action: 'change', id, url, types, enabled })
  return findOwn(trx, request)
}

async function replay(env: Environment, trx: Transaction, request: Request) {
  const webhook = await findOwn(trx, request)
  const { from } = request.body as Schemas['WebhookReplay']
  const events = await replayFrom(trx, webhook, { from, now: env.now() })
  await record(env, trx, request, { action: 'replay', id: webhook.id, from, events })
  return { events }
}

async function listLog(env: Environment, request: Request) {
  const { id } = await findOwn(env.db, request)
  const { state } = queryOf(request)
  const { after: before, limit } = readPage(request)
  const filter = { webhookId: id, state: state as DeliveryState | undefined, before, limit }
  const rows = await listDeliveries(env.db, filter)
  return { deliveries: rows.map(representDelivery), next: nextOf(rows, limit, ({ position }) => position) }
}

export function makeWebhooks(env: Environment): Router {
  const router = Router()
  const inTransaction = <T>(work: (trx: Transaction) => Promise<T>) => env.db.transaction().execute(work)
  const [mayRead, mayWrite] = [needScope('webhooks:read'), needScope('webhooks:write')]
  router.get('/', mayRead, async (request, response) => {
    const { organisation } = callerOf(request)
    const page = readPage(request)
    const rows = await listWebhooks(env.db, { organisation, ...page })
    response.json({ webhooks: rows.map(represent), next: nextOf(rows, page.limit, ({ id }) => id) })
  })
  router.post('/', mayWrite, async (request, response) => {
    const made = await inTransaction((trx) => make(env, trx, request))
    // RFC 9111 §5.2.2.5: the secret is kept by no cache.
    response.status(201).set('Cache-Control', 'no-store').json(made)
  })
  router.get('/:id', mayRead, async (request, response) => {
    response.json(represent(await findOwn(env.db, request)))
  })
  router.patch('/:id', mayWrite, async (request, response) => {
    response.json(represent(await inTransaction((trx) => change(env, trx, request))))
  })
  router.delete('/:id', mayWrite, async (request, response) => {
    await inTransaction(async (trx) => {
      const { id } = await findOwn(trx, request)
      await deleteWebhook(trx, id)
      await record(env, trx, request, { action: 'delete', id })
    })
    response.status(204).end()
  })
  router.post('/:id/replay', mayWrite, async (request, response) => {
    response.json(await inTransaction((trx) => replay(env, trx, request)))
  })
  router.post('/:id/secret', mayWrite, async (request, response) => {
    const changed = await inTransaction((trx) => changeSecret(env, trx, request))
    response.set('Cache-Control', 'no-store').json(changed)
  })
  router.get('/:id/deliveries', mayRead, async (request, response) => {
    response.json(await listLog(env, request))
  })
  return router
}
