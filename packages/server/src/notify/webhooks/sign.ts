/**
 * Secrets and signatures of webhooks, as the Standard Webhooks specification 1.0 has them, so that its libraries
 * verify them: HMAC-SHA256 over id, time and body.
 */
import { createHmac, randomBytes } from 'node:crypto'

const PREFIX = 'whsec_'

export const makeSecret = (): string => PREFIX + randomBytes(32).toString('base64')

export interface Message {
  /** Of the event: the same however often it is sent. */
  id: string
  body: string
}

/**
 * @param secrets each gives a signature: while a receiver changes over, it knows one of two
 * @param at of this attempt; receivers refuse what is old
 */
export function signedHeaders(
  secrets: readonly string[],
  { id, body }: Message,
  at: Date,
): Record<string, string> {
  const timestamp = String(Math.floor(at.getTime() / 1000))
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.slice(PREFIX.length), 'base64')
    return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`
  })
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures.join(' ') }
}
