/**
 * Looks for a TXT record at the name servers of its zone themselves: a resolver
 * in between would remember for an hour that there was none. CNAMEs are followed,
 * since `_acme-challenge` is often delegated so (docs/client.md, "Challenges").
 */
import { Resolver } from 'node:dns/promises'
import { resolve4, resolve6, resolverFor, type Asked } from './public-dns.js'

export type Resolvers = Asked

/** @returns the servers that do not show the value; none when all do */
export async function findTxt(name: string, value: string, asked: Resolvers): Promise<string[]> {
  const target = await followCnames(name, asked)
  const servers = asked.dnsServer ? [] : await nameServersOf(target, asked)
  // No name servers to be found, or one to ask was given: whoever resolves here is asked.
  if (servers.length === 0)
    return (await shows(resolverFor(asked), name, value)) ? [] : [asked.dnsServer ?? 'DNS']
  const looked = await Promise.all(
    servers.map(async (server) => ({ server, found: await shows(direct(server), target, value) })),
  )
  return looked.filter(({ found }) => !found).map(({ server }) => server)
}

async function followCnames(name: string, asked: Asked): Promise<string> {
  let current = name
  for (let hops = 0; hops < 8; hops++) {
    const [next] = await resolverFor(asked)
      .resolveCname(current)
      .catch((): string[] => [])
    if (!next) return current
    current = next
  }
  return current
}

/** Addresses of the servers of the nearest zone above a name. */
async function nameServersOf(name: string, asked: Asked): Promise<string[]> {
  const labels = name.split('.')
  for (let at = 0; at < labels.length - 1; at++) {
    const zone = labels.slice(at).join('.')
    const names = await resolverFor(asked)
      .resolveNs(zone)
      .catch((): string[] => [])
    if (names.length === 0) continue
    const found = await Promise.all(names.slice(0, 8).map((server) => resolve4(server, asked)))
    const old = found.flat()
    if (old.length > 0) return old
    return (await Promise.all(names.map((server) => resolve6(server, asked)))).flat()
  }
  return []
}

function direct(server: string): Resolver {
  const resolver = new Resolver({ timeout: 3000, tries: 2 })
  resolver.setServers([server])
  return resolver
}

async function shows(resolver: Resolver, name: string, value: string): Promise<boolean> {
  const records = await resolver.resolveTxt(name).catch((): string[][] => [])
  return records.some((parts) => parts.join('') === value)
}
