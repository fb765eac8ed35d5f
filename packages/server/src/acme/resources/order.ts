/** Order (RFC 8555 §7.1.3, §7.4): read by its account; polls at the same time share one indexed read. */
import type { Answer } from '../answer.js'
import type { AcmeEnvironment } from '../environment.js'
import { notYours } from '../not-yours.js'
import { answerOrder, type Viewpoint } from '../orders/represent-order.js'
import type { AccountCall, OrderCall } from '../serve.js'

export const viewpointOf = (
  { env }: AcmeEnvironment,
  { urls, http }: AccountCall,
  organisation: string,
): Viewpoint => ({
  organisation: env.organisation(organisation),
  urls,
  language: http.language,
  now: env.now(),
})

export function order(acme: AcmeEnvironment, call: OrderCall): Promise<Answer> {
  const row = call.order
  if (!row) throw notYours('order')
  return Promise.resolve(answerOrder(row, viewpointOf(acme, call, row.organisation)))
}
