/** Checks of host names: FQDN (column 11), dNSName (column 13), and the organisation's domains. */
import { certificateNames, completedLength, isHostName, parseDnsNames } from '../applications/host-names.js'
import { commonNameOf } from '../applications/subject-dn.js'
import type { Check } from './context.js'
import { columnFault } from './errors.js'

/** Names in one certificate, the CN included. */
const mostNames = 8
/** Characters of column 13, what the system adds included. */
const mostCharacters = 250

const isUnder = (domains: readonly string[], name: string) =>
  domains.some((domain) => name.toLowerCase() === domain || name.toLowerCase().endsWith(`.${domain}`))

export const fqdnFits: Check = (row) => {
  const { fqdn, subjectDn } = row.cells
  if (!isHostName(fqdn)) return [columnFault(row.kind, 'fqdn', 'hostForm')]
  return [
    ...row.when(fqdn.toLowerCase() !== commonNameOf(subjectDn), 'fqdn', 'fqdnDiffers'),
    ...row.when(!isUnder(row.organisation.domains, fqdn), 'fqdn', 'domainNotAllowed'),
  ]
}

export const dnsNamesFit: Check = (row) => {
  const { fqdn, dnsNames } = row.cells
  const names = parseDnsNames(dnsNames)
  if (!names) return [columnFault(row.kind, 'dnsNames', 'dnsNameForm')]
  if (!names.every(isHostName)) return [columnFault(row.kind, 'dnsNames', 'hostForm')]
  const isTooLong = completedLength(fqdn, dnsNames) > mostCharacters
  const isOutside = !names.every((name) => isUnder(row.organisation.domains, name))
  return [
    ...row.when(isTooLong, 'dnsNames', 'tooLong', mostCharacters),
    ...row.when(certificateNames(fqdn, dnsNames).length > mostNames, 'dnsNames', 'tooManyNames', mostNames),
    ...row.when(isOutside, 'dnsNames', 'domainNotAllowed'),
  ]
}

/** An error for ACME kinds alone. */
export const noNameTwice: Check = (row) => {
  const names = (parseDnsNames(row.cells.dnsNames) ?? []).map((name) => name.toLowerCase())
  return row.when(new Set(names).size < names.length, 'dnsNames', 'nameTwice')
}
