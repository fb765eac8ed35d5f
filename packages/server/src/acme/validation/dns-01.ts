/** dns-01 (RFC 8555 §8.4): one of the TXT records at `_acme-challenge` is the digest. */
import { createHash } from 'node:crypto'
import { ValidationFault } from './fault.js'
import type { Proof, Vantage } from './vantage.js'

/** @throws ValidationFault */
export async function validateDns01({ resolver }: Vantage, { name, keyAuthorization }: Proof): Promise<void> {
  const place = `_acme-challenge.${name}`
  const wanted = createHash('sha256').update(keyAuthorization).digest('base64url')
  const found = await resolver.txt(place)
  if (found.includes(wanted)) return
  if (found.length === 0) throw new ValidationFault('dns', `${place} has no TXT record`)
  throw new ValidationFault('unauthorized', `None of the TXT records of ${place} is the right one`)
}
