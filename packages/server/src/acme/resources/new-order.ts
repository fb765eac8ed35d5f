/**
 * newOrder (RFC 8555 §7.4), idempotent: while an order for the same names and
 * profile is open, also while it is processing, the same order is given again.
 * Clients that gave up waiting and come back then find what they left.
 */
import { z } from 'zod'
import type { OrganisationConfig } from '../../config.js'
import { newId } from '../../issuance/new-id.js'
import {
  closeOrder,
  findOpenOrder,
  insertOrder,
  type OpenOrder,
  type OrderView,
} from '../../store/acme-orders.js'
import type { Transaction } from '../../store/database.js'
import type { ApprovalRow } from '../../store/tables.js'
import type { Answer } from '../answer.js'
import type { AcmeEnvironment } from '../environment.js'
import { malformed } from '../jws/flattened-jws.js'
import { checkOrderLimits } from '../limits/new-orders.js'
import { authorizeOrder } from '../orders/authorize.js'
import { identifiers, readNames } from '../orders/identifiers.js'
import { orderStatus } from '../orders/order-status.js'
import { markReplaces } from '../orders/replaces.js'
import { answerOrder } from '../orders/represent-order.js'
import { standingFor } from '../orders/standing.js'
import { softwareOf } from '../orders/software.js'
import { chooseProfile } from '../profiles.js'
import { readPayload } from '../read-payload.js'
import type { AdmittedCall } from '../serve.js'
import { viewpointOf } from './order.js'

const DAY_MS = 86_400_000
/** An order that nobody finalizes, and the authorizations it needs; those that end sooner end the order. */
const ORDER_LIFETIME_MS = 7 * DAY_MS

const schema = z.object({
  identifiers,
  notBefore: z.unknown().optional(),
  notAfter: z.unknown().optional(),
  profile: z.string().optional(),
  replaces: z.unknown().optional(),
  upki: z.object({ software: z.string().max(1000).optional() }).optional(),
})

interface Wanted {
  organisation: OrganisationConfig
  approval?: ApprovalRow
  names: string[]
  profile: string | null
  software: string
  requestKey: string
  replaces: unknown
}

async function read(acme: AcmeEnvironment, trx: Transaction, call: AdmittedCall): Promise<Wanted> {
  const payload = readPayload(schema, call.payload)
  if (payload.notBefore !== undefined || payload.notAfter !== undefined)
    throw malformed(
      'The service chooses the validity itself; leave notBefore and notAfter out',
      '有効期間はサービスが決めます。notBefore と notAfter を指定しないでください。',
    )
  const names = readNames(payload.identifiers)
  const { organisation, approval } = await standingFor(acme, trx, call, names)
  const profile = chooseProfile(payload.profile, organisation)
  return {
    organisation,
    approval,
    names,
    profile,
    replaces: payload.replaces,
    requestKey: [profile ?? 'any', ...[...names].sort()].join(' '),
    software: softwareOf({
      asked: payload.upki?.software,
      approved: approval?.subscriber.software,
      userAgent: call.http.userAgent,
    }),
  }
}

/** One whose authorizations have ended could not be finalized any more. */
function isOpen(order: OpenOrder, now: Date): boolean {
  const status = orderStatus(order, now)
  return status === 'processing' || (order.is_authorizable && ['pending', 'ready'].includes(status))
}

/** The open order for the same request; one that has ended since is put away. */
async function findSame(
  acme: AcmeEnvironment,
  trx: Transaction,
  accountId: string,
  requestKey: string,
): Promise<OrderView | undefined> {
  const now = acme.env.now()
  const order = await findOpenOrder(trx, { accountId, requestKey, now })
  if (!order || isOpen(order, now)) return order
  await closeOrder(trx, order.id)
  return undefined
}

interface Made {
  order: OrderView
  /** False: it was made at the same moment by another request. */
  isNew: boolean
}

async function make(
  acme: AcmeEnvironment,
  trx: Transaction,
  accountId: string,
  wanted: Wanted,
): Promise<Made> {
  const now = acme.env.now()
  const authorizations = await authorizeOrder(acme, trx, {
    ...wanted,
    accountId,
    lifetimeMs: ORDER_LIFETIME_MS,
  })
  const { names, profile, software, requestKey } = wanted
  const order = {
    id: newId(),
    account_id: accountId,
    organisation: wanted.organisation.id,
    names,
    request_key: requestKey,
    profile,
    software,
    created_at: now,
  }
  const detail = { names, profile, approval: wanted.approval?.id }
  const entry = { at: now, actor: `account:${accountId}`, action: 'order.create', subject: order.id, detail }
  const made = await insertOrder(trx, order, authorizations, entry)
  if (made) return { order: made, isNew: true }
  const others = await findOpenOrder(trx, { accountId, requestKey, now })
  if (!others) throw new Error('An order was made and is not there')
  return { order: others, isNew: false }
}

export async function newOrder(acme: AcmeEnvironment, trx: Transaction, call: AdmittedCall): Promise<Answer> {
  const wanted = await read(acme, trx, call)
  const { accountId } = call
  const same = await findSame(acme, trx, accountId, wanted.requestKey)
  const { order: open, isNew } = same
    ? { order: same, isNew: false }
    : await make(acme, trx, accountId, wanted)
  const order = await markReplaces(trx, open, wanted.replaces, acme.env.now())
  if (isNew) await checkOrderLimits(acme, trx, order, call.urls)
  // 201 also for one that was there: clients such as golang.org/x/crypto/acme take nothing else.
  return { ...answerOrder(order, viewpointOf(acme, call, order.organisation)), status: 201 }
}
