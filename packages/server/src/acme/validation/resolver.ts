/** The DNS as one vantage point sees it, and what is connected to from there. */
import { type CaaRecord, promises as dns } from 'node:dns'
import { ValidationFault } from './fault.js'

/**
 * What validation needs of the DNS. Absent names and types give empty lists, any other failure is one. Aliases
 * are followed by the server that is asked; an answer cut off in a datagram is asked for again over TCP.
 * @throws ValidationFault dns
 */
export interface Resolver {
  addresses(name: string): Promise<string[]>
  /** Each record with its strings joined (RFC 8555 §8.4). */
  txt(name: string): Promise<string[]>
  /** As far as the server follows aliases. */
  caa(name: string): Promise<CaaRecord[]>
  /** What the name is another name of, if it is an alias. */
  alias(name: string): Promise<string | undefined>
}

const QUERY_MS = 2500
const TRIES = 2

const nothing = ['ENODATA', 'ENOTFOUND']

async function ask<T>(what: string, query: Promise<T[]>): Promise<T[]> {
  try {
    return await query
  } catch (cause) {
    const { code = 'unknown' } = cause as { code?: string }
    if (nothing.includes(code)) return []
    throw new ValidationFault('dns', `The DNS did not answer for ${what} (${code})`, { cause })
  }
}

/** @param server address with or without port; the machine's own resolver when absent */
export function makeResolver(server?: string): Resolver {
  const resolver = new dns.Resolver({ timeout: QUERY_MS, tries: TRIES })
  if (server !== undefined) resolver.setServers([server])
  return {
    addresses: async (name) => {
      const families = [resolver.resolve4(name), resolver.resolve6(name)]
      const found = await Promise.all(families.map((query) => ask(`the addresses of ${name}`, query)))
      return found.flat()
    },
    txt: async (name) => {
      const records = await ask(`the TXT records of ${name}`, resolver.resolveTxt(name))
      return records.map((strings) => strings.join(''))
    },
    caa: (name) => ask(`the CAA records of ${name}`, resolver.resolveCaa(name)),
    alias: async (name) => (await ask(`the CNAME record of ${name}`, resolver.resolveCname(name)))[0],
  }
}
