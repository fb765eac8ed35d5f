/** Whether the CAA records of a name let this CA issue (RFC 8659). */
import type { CaaRecord } from 'node:dns'
import { ValidationFault } from './fault.js'
import type { Resolver } from './resolver.js'

/** Properties that we know; another one that is critical forbids (RFC 8659 §4.1). */
const known = ['issue', 'issuewild', 'iodef', 'contactemail', 'contactphone', 'issuemail']
const CRITICAL = 128

/** BIND, Unbound and others stop after as many. */
const MAX_ALIASES = 8

/**
 * RFC 8659 §3: those of an alias are those of what it stands for. A server that goes astray gives an
 * alias and no records; taking that for none would let any CA issue.
 */
async function recordsAt(resolver: Resolver, name: string, aliases = 0): Promise<CaaRecord[]> {
  const records = await resolver.caa(name)
  if (records.length > 0) return records
  const target = await resolver.alias(name)
  if (target === undefined) return []
  if (aliases === MAX_ALIASES)
    throw new ValidationFault('dns', `The CAA records of ${name} are behind more than ${MAX_ALIASES} aliases`)
  return recordsAt(resolver, target, aliases + 1)
}

/** RFC 8659 §3: the records of the closest name upwards that has any. All are asked for at once: it is the time of one. */
async function relevantRecords(resolver: Resolver, name: string): Promise<CaaRecord[]> {
  const labels = name.split('.')
  const names = labels.map((_, start) => labels.slice(start).join('.'))
  const answers = await Promise.allSettled(names.map((each) => recordsAt(resolver, each)))
  for (const answer of answers) {
    if (answer.status === 'rejected') throw answer.reason as Error
    if (answer.value.length > 0) return answer.value
  }
  return []
}

interface Property {
  tag: string
  value: string
  isCritical: boolean
}

/**
 * A record of Node.js has the flags as `critical`, and the value by its tag: a tag of that name hides the flags.
 * RFC 8659 §4.1: the letter case of a tag does not matter.
 */
function toProperty({ critical: flags, ...values }: { critical: unknown }): Property {
  const [[tag, value] = ['', ''] as const] = Object.entries(values)
  const isCritical = typeof flags !== 'number' || (flags & CRITICAL) !== 0
  return { tag: tag.toLowerCase(), value: String(value), isCritical }
}

const isForeign = ({ tag, isCritical }: Property): boolean => isCritical && !known.includes(tag)

/** The issuer of an `issue` property, without its parameters; empty: nobody. */
const issuerOf = ({ value }: Property): string => value.split(';', 1)[0]?.trim().toLowerCase() ?? ''

/** @throws ValidationFault caa, or dns when the records cannot be had: then nothing is allowed */
export async function checkCaa(
  resolver: Resolver,
  name: string,
  identities: readonly string[],
): Promise<void> {
  const properties = (await relevantRecords(resolver, name)).map(toProperty)
  if (properties.some(isForeign))
    throw new ValidationFault('caa', `The CAA records of ${name} have a critical property that is unknown`)
  const issuers = properties.filter(({ tag }) => tag === 'issue').map(issuerOf)
  if (issuers.length === 0 || issuers.some((issuer) => identities.includes(issuer))) return
  throw new ValidationFault('caa', `The CAA records of ${name} name none of ${identities.join(', ')}`)
}
