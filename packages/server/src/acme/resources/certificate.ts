/** Certificate (RFC 8555 §7.4.2): leaf and chain, without the root, and links to its other chains. */
import { findChain } from '../../store/certificates.js'
import type { Answer } from '../answer.js'
import type { AcmeEnvironment } from '../environment.js'
import { notYours } from '../not-yours.js'
import type { OrderCall } from '../serve.js'
import { linkHeader } from '../urls.js'

/** Place of a chain among them, the stored one being 0; undefined for what is no such place. */
const placeOf = ({ alternate }: Record<string, string>): number | undefined => {
  if (alternate === undefined) return 0
  return /^[1-9]\d?$/.test(alternate) ? Number(alternate) : undefined
}

export async function certificate(acme: AcmeEnvironment, call: OrderCall): Promise<Answer> {
  const { order } = call
  const { params } = call.http
  const row = order?.certificate_serial
    ? await findChain(acme.env.db, { organisation: order.organisation, serial: order.certificate_serial })
    : undefined
  if (!order || !row) throw notYours('certificate')
  const chains = [row.chain_pem, ...acme.alternateChains(row)]
  const place = placeOf(params) ?? chains.length
  const chain = chains[place]
  if (chain === undefined) throw notYours('certificate')
  const alternate = chains.map((_, at) => call.urls.certificate(order.id, at)).toSpliced(place, 1)
  return { headers: { Link: linkHeader(call.urls, { alternate }) }, pemChain: row.pem + chain }
}
