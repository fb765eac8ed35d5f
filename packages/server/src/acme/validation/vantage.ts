/** A place to validate from: its view of the DNS, and the rules for what may be connected to. */
import { ValidationFault } from './fault.js'
import type { Resolver } from './resolver.js'

export interface Vantage {
  resolver: Resolver
  mayConnect: (address: string) => boolean
  httpPort: number
  tlsPort: number
}

/** What is to be found at the name: `token.thumbprint` (RFC 8555 §8.1). */
export interface Proof {
  name: string
  token: string
  keyAuthorization: string
}

/**
 * The one address that is connected to.
 * @throws ValidationFault dns when there is none, connection when one of them is not public
 */
export async function chooseAddress({ resolver, mayConnect }: Vantage, name: string): Promise<string> {
  const addresses = await resolver.addresses(name)
  const [first] = addresses
  if (first === undefined) throw new ValidationFault('dns', `${name} has no address`)
  // One internal address among public ones is no accident either.
  if (!addresses.every(mayConnect))
    throw new ValidationFault('connection', `${name} has an address that is not public`)
  return first
}
