/** Placing an order and driving it to its certificate: RFC 8555 §7.4. */
import { Failure } from '../terminal/failure.js'
import { alternates, isIssuedBelow } from './certificate-chain.js'
import { AcmeProblem } from './acme-problem.js'
import { backoffSeconds, boundedWait } from './retry-after.js'
import { orderSchema, type Order } from './schemas.js'
import type { Resource, Session } from './session.js'
import { TransportError } from './transport-error.js'

export interface OrderRequest {
  /** Lower-cased; the first becomes the subject's CN. */
  names: readonly string[]
  /** Name in the directory's `meta.profiles`. */
  profile?: string
  /** Name and version of the server software, for the application. */
  software?: string
}

export interface PlacedOrder {
  url: string
  order: Order
}

/** How waiting is done: says where things stand, and throws when it is no longer wanted. */
export interface Waiting {
  pause(seconds: number, order: Order | undefined, fault?: Error): Promise<void>
}

export async function placeOrder(session: Session, request: OrderRequest): Promise<PlacedOrder> {
  const { value, location } = await session.post(session.directory.newOrder, orderSchema, {
    identifiers: request.names.map((value) => ({ type: 'dns', value })),
    ...(request.profile ? { profile: request.profile } : {}),
    ...(request.software ? { upki: { software: request.software } } : {}),
  })
  if (location) return { url: location, order: value }
  throw new Failure('failed', {
    en: 'The server took the order but gave no address for it (RFC 8555 §7.4). Tell the operator of the server.',
    ja: 'サーバは注文を受け付けましたが、その URL を返しませんでした (RFC 8555 §7.4)。サーバの運用者に知らせてください。',
  })
}

/** An order under way, and how its names are proven. */
export interface OrderTarget {
  url: string
  /** Base64url of the DER. */
  csr: string
  prove: (order: Order) => Promise<'proven' | 'waiting'>
}

/**
 * Drives an order until it is valid, from wherever it stands.
 *
 * A lost answer to finalize is settled by asking for the order: finalize is sent
 * only to an order that just said it is ready, and always with the same CSR.
 */
export async function completeOrder(session: Session, target: OrderTarget, waiting: Waiting): Promise<Order> {
  let order: Order | undefined
  const look: Request = { url: target.url }
  let request = look
  for (let attempt = 0; ; attempt++) {
    const { value, fault, retryAfterSeconds } = await attemptStep(session, request)
    order = value ?? order
    if (value?.status === 'valid') return value
    const mayFinalize = value?.status === 'ready' && request === look
    request = mayFinalize ? { url: value.finalize, payload: { csr: target.csr } } : look
    const goOn = mayFinalize || (value?.status === 'pending' && (await target.prove(value)) === 'proven')
    const seconds = retryAfterSeconds === undefined ? backoffSeconds(attempt) : boundedWait(retryAfterSeconds)
    if (!goOn) await waiting.pause(seconds, order, fault)
  }
}

interface Request {
  url: string
  /** Absent: asks how the order stands. */
  payload?: object
}

type Step = Partial<Resource<Order>> & { fault?: Error }

/** One request; what may pass by itself comes back as a fault. */
async function attemptStep(session: Session, request: Request): Promise<Step> {
  try {
    const step = await session.post(request.url, orderSchema, request.payload)
    checkNotInvalid(step.value)
    return step
  } catch (error) {
    if (!isPassing(error)) throw error
    const retryAfterSeconds = error instanceof AcmeProblem ? error.retryAfterSeconds : undefined
    return { fault: error, retryAfterSeconds }
  }
}

/** Whether the same request may succeed later: the server is away, or busy. */
export const isPassing = (error: unknown): error is AcmeProblem | TransportError =>
  (error instanceof AcmeProblem || error instanceof TransportError) && error.isTransient

/** @throws OrderInvalid */
export function checkNotInvalid(order: Order): void {
  if (order.status === 'invalid') throw new OrderInvalid(order)
}

/** The order ended without a certificate. Its key is of no more use. */
export class OrderInvalid extends AcmeProblem {
  override name = 'OrderInvalid'
  constructor(order: Order) {
    super(order.error ?? { detail: order.upki?.detail ?? 'The order is invalid.' })
  }
}

/**
 * Downloads the certificate chain of a valid order.
 *
 * @param preferred CN of the topmost issuer: of the alternate chains that one (RFC 8555 §7.4.2)
 */
export async function downloadChain(session: Session, order: Order, preferred?: string): Promise<string> {
  if (order.certificate) {
    const { body, headers } = await session.postForReply(order.certificate)
    if (!preferred || isIssuedBelow(body, preferred)) return body
    for (const url of alternates(headers.link)) {
      const other = (await session.postForReply(url)).body
      if (isIssuedBelow(other, preferred)) return other
    }
    return body
  }
  throw new Failure('failed', {
    en: 'The order is valid but names no certificate (RFC 8555 §7.1.3). Run the command again later.',
    ja: '注文は valid ですが証明書の URL がありません (RFC 8555 §7.1.3)。しばらくしてもう一度実行してください。',
  })
}
