/** Checks host names: CN, FQDN and the dNSName list. Source: docs/upki-tsv.md, columns 11 and 13. */
import type { FieldName } from '../application/application.js'
import {
  DnsNamesError,
  checkHostName,
  isInsideDomains,
  lengthWithFqdn,
  maxCommonNameLength,
  maxDnsNames,
  parseDnsNames,
  readDnsNamesLeniently,
  renderDnsNames,
  toAsciiHostName,
  withFqdn,
} from '../identifier/index.js'
import type { HostNameFault } from '../identifier/index.js'
import { Csr } from '../csr/index.js'
import { attributeOf } from '../dn/index.js'
import type { Suggestion } from '../problem/finding.js'
import type { FindingCode } from '../problem/finding-catalogue.js'
import { columnOf } from '../tsv/index.js'
import { defaultPhishingWords } from './context.js'
import type { Row } from './row.js'

const codeOfFault: Record<HostNameFault, FindingCode> = {
  empty: 'hostSyntax',
  wildcard: 'hostWildcard',
  ipAddress: 'hostIpAddress',
  notAscii: 'hostNotAscii',
  character: 'hostSyntax',
  label: 'hostSyntax',
  notQualified: 'hostNotQualified',
  tooLong: 'hostTooLong',
}

/** Judges one name, once in a row however often it stands there. */
function checkName(row: Row, field: FieldName, name: string): void {
  if (row.judgedNames.includes(name)) return
  row.judgedNames.push(name)
  const fault = checkHostName(name)
  if (fault) return reportFault(row, field, { name, fault })
  const { organisation } = row.context
  if (organisation && !isInsideDomains(name, organisation.domains))
    row.find('hostOutsideDomains', field, {
      value: name,
      words: { name, domains: organisation.domains.join(', ') },
    })
  if (name !== name.toLowerCase())
    row.find('hostCapitals', field, { value: name, words: { name }, ...suggestLowerCase(row, field) })
  checkPhishingWords(row, field, name)
}

/** Lower case in this column; not for a DN whose CSR has the capitals too, since that needs a new CSR. */
function suggestLowerCase(row: Row, field: FieldName): { suggestion?: Suggestion } {
  const { commonName: cn = '', csr } = row
  const value = row.fields[field] ?? ''
  if (field === 'dnsNames')
    return offer(field, renderDnsNames(readDnsNamesLeniently(value).map((name) => name.toLowerCase())))
  if (field === 'fqdn') return offer(field, value.toLowerCase())
  const isInCsr = csr instanceof Csr && attributeOf(csr.subject, 'CN') === cn
  return isInCsr ? {} : offer(field, value.replace(cn, cn.toLowerCase()))
}

const offer = (field: FieldName, value: string): { suggestion: Suggestion } => ({
  suggestion: { field, value, needsConsent: false },
})

function reportFault(
  row: Row,
  field: FieldName,
  { name, fault }: { name: string; fault: HostNameFault },
): void {
  const ascii = fault === 'notAscii' && field === 'fqdn' ? toAsciiHostName(name) : undefined
  row.find(codeOfFault[fault], field, {
    value: name,
    words: { name, max: 253, length: name.length },
    ...(ascii !== undefined && { suggestion: { field, value: ascii, needsConsent: false } }),
  })
}

function checkPhishingWords(row: Row, field: FieldName, name: string): void {
  const { phishingWords = defaultPhishingWords } = row.context
  const word = phishingWords.find((candidate) => name.toLowerCase().includes(candidate.toLowerCase()))
  if (word !== undefined) row.find('hostPhishingWord', field, { value: name, words: { name, word } })
}

/** The CN: a host name of at most 64 characters. */
export function checkCommonName(row: Row, commonName: string): void {
  checkName(row, 'subjectDn', commonName)
  const length = commonName.length
  if (length > maxCommonNameLength && length <= 253)
    row.find('hostTooLong', 'subjectDn', { value: commonName, words: { max: maxCommonNameLength, length } })
}

export function checkFqdn(row: Row, fqdn: string): void {
  const { commonName: cn } = row
  if (cn !== undefined && cn !== fqdn)
    row.find('fqdnDiffersFromCn', 'fqdn', {
      words: { cn },
      suggestion: { field: 'fqdn', value: cn, needsConsent: false },
    })
  checkName(row, 'fqdn', fqdn)
}

export function checkDnsNames(row: Row, list: string): void {
  const names = readNames(row, list)
  if (!names) return
  for (const name of names) checkName(row, 'dnsNames', name)
  checkRepeatedNames(row, names)
  const fqdn = row.fields.fqdn ?? row.commonName ?? ''
  const count = withFqdn(names, fqdn).length
  if (count > maxDnsNames) row.find('dnsNamesTooMany', 'dnsNames', { words: { max: maxDnsNames, count } })
  const max = columnOf(row.table, 'dnsNames')?.max ?? Infinity
  const length = lengthWithFqdn(names, fqdn)
  // A list that is too long as it stands is already reported by the column's own limit.
  if (list.length <= max && length > max) row.find('dnsNamesTooLong', 'dnsNames', { words: { max, length } })
}

function readNames(row: Row, list: string): string[] | undefined {
  try {
    return parseDnsNames(list)
  } catch (error) {
    if (!(error instanceof DnsNamesError)) throw error
    const value = renderDnsNames(readDnsNamesLeniently(list))
    row.find('dnsNamesSyntax', 'dnsNames', {
      words: { part: error.part },
      ...(value !== '' && { suggestion: { field: 'dnsNames', value, needsConsent: false } }),
    })
    return undefined
  }
}

function checkRepeatedNames(row: Row, names: readonly string[]): void {
  const unique = new Map(names.map((name) => [name.toLowerCase(), name]))
  if (unique.size === names.length) return
  const name =
    names.find((candidate, index) => names.findIndex((other) => isSame(other, candidate)) < index) ?? ''
  row.find(row.family === 'acme' ? 'dnsNamesRepeatedAcme' : 'dnsNamesRepeated', 'dnsNames', {
    value: name,
    words: { name },
    suggestion: { field: 'dnsNames', value: renderDnsNames([...unique.values()]), needsConsent: false },
  })
}

const isSame = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()
