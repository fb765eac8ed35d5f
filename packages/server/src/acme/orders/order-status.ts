/**
 * Status of an order (RFC 8555 §7.1.6) from what is stored. Pure.
 *
 * A finalized order ends only with its application: it never becomes invalid while
 * the service may still issue, however long that takes.
 */
import { type ApplicationState, isEndedWithoutCertificate } from '../../issuance/states.js'
import type { OrderView } from '../../store/acme-orders.js'

export type OrderStatus = 'pending' | 'ready' | 'processing' | 'valid' | 'invalid'

const withCertificate: readonly ApplicationState[] = ['issued', 'replaced', 'revoked', 'expired']

function statusOfApplication(state: ApplicationState): OrderStatus {
  if (withCertificate.includes(state)) return 'valid'
  return isEndedWithoutCertificate(state) ? 'invalid' : 'processing'
}

export function orderStatus(
  order: Pick<OrderView, 'stage' | 'application_state' | 'expires_at' | 'error'>,
  now: Date,
): OrderStatus {
  if (order.application_state) return statusOfApplication(order.application_state)
  if (order.error || order.expires_at <= now) return 'invalid'
  return order.stage === 'pending' ? 'pending' : 'ready'
}
