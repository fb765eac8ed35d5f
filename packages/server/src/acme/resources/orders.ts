/** Orders of an account (RFC 8555 §7.1.2.1), newest first, in pages. */
import { listOrderIds } from '../../store/acme-orders.js'
import type { Answer } from '../answer.js'
import type { AcmeEnvironment } from '../environment.js'
import type { AccountCall } from '../serve.js'
import { linkHeader } from '../urls.js'
import { checkOwn } from './account.js'

const PAGE = 100

export async function orders(acme: AcmeEnvironment, call: AccountCall): Promise<Answer> {
  checkOwn(call)
  const { after } = call.http.query
  const rows = await listOrderIds(acme.env.db, call.accountId, {
    after: typeof after === 'string' ? after : undefined,
    limit: PAGE + 1,
  })
  const page = rows.slice(0, PAGE)
  const last = rows.length > PAGE ? page.at(-1) : undefined
  return {
    body: { orders: page.map(({ id }) => call.urls.order(id)) },
    headers: last ? { Link: linkHeader(call.urls, { next: call.urls.orders(call.accountId, last.id) }) } : {},
  }
}
