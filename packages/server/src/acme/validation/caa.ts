/** Whether the CAA records of a name let this CA issue (RFC 8659). */
import type { CaaRecord } from 'node:dns'
import { ValidationFault } from './fault.js'
import type { Resolver } from './resolver.js'

/** Properties that we know; another one that is critical forbids (RFC 8659 §4.1). */
const known = ['issue', 'issuewild', 'iodef', 'contactemail', 'contactphone', 'issuemail']
const CRITICAL = 128

/** RFC 8659 §3: the records of the closest name upwards that has any. */
async function relevantRecords(resolver: Resolver, name: string): Promise<CaaRecord[]> {
  const labels = name.split('.')
  for (let start = 0; start < labels.length; start++) {
    const records = await resolver.caa(labels.slice(start).join('.'))
    if (records.length > 0) return records
  }
  return []
}

const isForeign = (record: CaaRecord): boolean =>
  (record.critical & CRITICAL) !== 0 && !Object.keys(record).some((key) => known.includes(key))

/** The issuer of an `issue` property, without its parameters; empty: nobody. */
const issuerOf = ({ issue = '' }: CaaRecord): string => issue.split(';', 1)[0]?.trim().toLowerCase() ?? ''

/** @throws ValidationFault caa, or dns when the records cannot be had: then nothing is allowed */
export async function checkCaa(
  resolver: Resolver,
  name: string,
  identities: readonly string[],
): Promise<void> {
  const records = await relevantRecords(resolver, name)
  if (records.some(isForeign))
    throw new ValidationFault('caa', `The CAA records of ${name} have a critical property that is unknown`)
  const issuers = records.filter(({ issue }) => issue !== undefined).map(issuerOf)
  if (issuers.length === 0 || issuers.some((issuer) => identities.includes(issuer))) return
  throw new ValidationFault('caa', `The CAA records of ${name} name none of ${identities.join(', ')}`)
}
