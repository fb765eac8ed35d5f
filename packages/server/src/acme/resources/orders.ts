/** Orders of an account (RFC 8555 §7.1.2.1), newest first, in pages; those that ended without a certificate are left out. */
import { listOrders } from '../../store/acme-orders.js'
import type { Answer } from '../answer.js'
import type { AcmeEnvironment } from '../environment.js'
import { orderStatus } from '../orders/order-status.js'
import type { AccountCall } from '../serve.js'
import { linkHeader } from '../urls.js'
import { checkOwn } from './account.js'

const PAGE = 100

export async function orders(acme: AcmeEnvironment, call: AccountCall): Promise<Answer> {
  checkOwn(call)
  const { after } = call.http.query
  const rows = await listOrders(acme.env.db, call.accountId, {
    after: typeof after === 'string' ? after : undefined,
    limit: PAGE + 1,
  })
  const page = rows.slice(0, PAGE)
  const last = rows.length > PAGE ? page.at(-1) : undefined
  const now = acme.env.now()
  const shown = page.filter((order) => orderStatus(order, now) !== 'invalid')
  return {
    body: { orders: shown.map(({ id }) => call.urls.order(id)) },
    headers: last ? { Link: linkHeader(call.urls, { next: call.urls.orders(call.accountId, last.id) }) } : {},
  }
}
