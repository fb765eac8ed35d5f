/**
 * ACME Renewal Information (RFC 9773): when the CA wants a certificate renewed.
 *
 * Half-working servers exist, so nothing that goes wrong here is an error: without
 * a usable answer the certificate's own lifetime decides.
 */
import 'reflect-metadata'
import { X509Certificate } from 'node:crypto'
import { AuthorityKeyIdentifierExtension, X509Certificate as Parsed } from '@peculiar/x509'
import * as z from 'zod/mini'
import type { Transport } from '../acme/transport.js'
import { parseRetryAfter } from '../acme/retry-after.js'
import type { SuggestedWindow } from './due.js'

const directorySchema = z.object({ renewalInfo: z.optional(z.string()) })
const infoSchema = z.object({ suggestedWindow: z.object({ start: z.string(), end: z.string() }) })

export interface Advice {
  window?: SuggestedWindow
  /** Seconds until it is worth asking again. */
  askAgainSeconds: number
}

const sixHours = 6 * 3600
const day = 24 * 3600

/** Asks for one certificate; never throws but when interrupted. */
export async function askRenewalInfo(transport: Transport, directory: URL, leafPem: string): Promise<Advice> {
  try {
    const { renewalInfo } = directorySchema.parse(
      JSON.parse((await transport.send('GET', directory.href)).body),
    )
    const id = certificateId(leafPem)
    if (!renewalInfo || !id) return { askAgainSeconds: day }
    const reply = await transport.send('GET', `${renewalInfo.replace(/\/$/, '')}/${id}`)
    const { suggestedWindow } = infoSchema.parse(JSON.parse(reply.body))
    const window = { start: new Date(suggestedWindow.start), end: new Date(suggestedWindow.end) }
    const isUsable = window.end > window.start
    const asked = parseRetryAfter(reply.headers['retry-after'], new Date())
    const askAgainSeconds = Math.min(Math.max(asked ?? 0, sixHours), day)
    return { window: isUsable ? window : undefined, askAgainSeconds }
  } catch {
    return { askAgainSeconds: sixHours }
  }
}

/** RFC 9773 §4.1: key identifier of the issuer and serial number, each Base64url. Undefined without the former. */
export function certificateId(pem: string): string | undefined {
  const keyId = new Parsed(new X509Certificate(pem).raw).getExtension(AuthorityKeyIdentifierExtension)?.keyId
  if (!keyId) return undefined
  const serial = new X509Certificate(pem).serialNumber
  const even = serial.length % 2 ? `0${serial}` : serial
  // DER keeps a zero byte before a set high bit (§4.1, example).
  const der = /^[89A-F]/i.test(even) ? `00${even}` : even
  return [keyId, der].map((hex) => Buffer.from(hex, 'hex').toString('base64url')).join('.')
}
