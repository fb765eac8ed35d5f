/**
 * `replaces` of newOrder (RFC 9773 §5): which certificate the order is to replace.
 *
 * Clients send it for whatever they renew, also for certificates of another CA or
 * account. What fails the checks of §5 is shown in the order as the RFC demands and
 * changes nothing else. Source: docs/acme-divergences.md, "RFC 9773 Renewal information".
 */
import { ProblemError } from '../../problem/problem-error.js'
import type { OrderView } from '../../store/acme-orders.js'
import { isReplacedByAnother, lockCertificateOf, setReplaces } from '../../store/acme-renewals.js'
import type { Transaction } from '../../store/database.js'
import { isIssuedBy, parseCertificateId } from '../renewal/certificate-id.js'

/** What could never be shown in the order, or is longer than any identifier, is ignored. */
const showable = /^[\x20-\x7e]{0,200}$/

type Order = Pick<OrderView, 'id' | 'account_id' | 'names'>

/** Serial number of a certificate that the account ordered and that has one of the order's names; else null. */
async function findPredecessor(trx: Transaction, order: Order, text: string): Promise<string | null> {
  const id = parseCertificateId(text)
  const certificate = id && (await lockCertificateOf(trx, order.account_id, id.serial))
  if (!id || !certificate || !isIssuedBy(certificate.pem, id)) return null
  return certificate.names.some((name) => order.names.includes(name)) ? certificate.serial : null
}

/**
 * An order that is given again takes over what this request names.
 * @throws ProblemError alreadyReplaced when another order, which is not invalid, replaces the certificate
 */
export async function markReplaces(
  trx: Transaction,
  order: OrderView,
  asked: unknown,
  now: Date,
): Promise<OrderView> {
  if (typeof asked !== 'string' || !showable.test(asked) || asked === order.replaces) return order
  const serial = await findPredecessor(trx, order, asked)
  if (serial !== null && (await isReplacedByAnother(trx, serial, order, now)))
    throw new ProblemError(
      'alreadyReplaced',
      'Another order replaces this certificate already; leave replaces out to order one more',
      {
        ja: 'この証明書を置き換えるオーダーがすでにあります。さらに注文するときは replaces を付けないでください。',
      },
    )
  const change = { replaces: asked, replaces_serial: serial }
  await setReplaces(trx, order.id, change)
  return { ...order, ...change }
}
