/** Certificate (RFC 8555 §7.4.2): leaf and chain, without the root. */
import { findOrder } from '../../store/acme-orders.js'
import { findCertificate } from '../../store/certificates.js'
import type { Answer } from '../answer.js'
import type { AcmeEnvironment } from '../environment.js'
import { notYours } from '../not-yours.js'
import type { AccountCall } from '../serve.js'

export async function certificate(acme: AcmeEnvironment, call: AccountCall): Promise<Answer> {
  const order = await findOrder(acme.env.db, call.accountId, call.http.params.id ?? '')
  const row = order?.certificate_serial
    ? await findCertificate(acme.env.db, order.certificate_serial)
    : undefined
  if (!row) throw notYours('certificate')
  return { pemChain: row.pem + row.chain_pem }
}
