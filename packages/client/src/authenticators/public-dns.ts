/** DNS as the outside sees it: by this machine's resolvers, or by the one of `--preflight-dns`. */
import { Resolver } from 'node:dns/promises'

export interface Asked {
  /** `192.0.2.1`, `192.0.2.1:5353`, `[2001:db8::1]:53`. */
  dnsServer?: string
}

const resolvers = new Map<string, Resolver>()

export function resolverFor({ dnsServer = '' }: Asked): Resolver {
  const known = resolvers.get(dnsServer)
  if (known) return known
  const resolver = new Resolver({ timeout: 3000, tries: 2 })
  if (dnsServer) resolver.setServers([dnsServer])
  resolvers.set(dnsServer, resolver)
  return resolver
}

/** A name without records, or whose servers fail, has none. */
export const resolve4 = (name: string, asked: Asked) => resolverFor(asked).resolve4(name).catch(none)
export const resolve6 = (name: string, asked: Asked) => resolverFor(asked).resolve6(name).catch(none)

const none = (): string[] => []
