/**
 * TSV column 13: `dNSName=a.example.ac.jp,dNSName=b.example.ac.jp`.
 *
 * The exact spelling counts, with no blank and no trailing comma. When the FQDN is not in the list the
 * service adds it, and its limits hold for the list with that addition.
 *
 * Source: docs/upki-tsv.md, column 13.
 */
const prefix = 'dNSName='

/** Names in one certificate, the CN included. */
export const maxDnsNames = 8

export class DnsNamesError extends Error {
  override name = 'DnsNamesError'
  constructor(readonly part: string) {
    super(`"${part}" is not dNSName=<host name>`)
  }
}

/**
 * The host names of a list, in order, unchecked; an empty text gives none.
 *
 * @throws {DnsNamesError} with the part that is not `dNSName=<host name>`.
 */
export function parseDnsNames(text: string): string[] {
  return text === '' ? [] : text.split(',').map(parsePart)
}

function parsePart(part: string): string {
  const name = part.startsWith(prefix) ? part.slice(prefix.length) : ''
  if (name === '' || /[\s=]/.test(name)) throw new DnsNamesError(part)
  return name
}

export const renderDnsNames = (names: readonly string[]): string =>
  names.map((name) => prefix + name).join(',')

/** The names that the writer of a list probably meant: any spelling of the prefix, blanks and empty parts dropped. */
export const readDnsNamesLeniently = (text: string): string[] =>
  text
    .split(/[\s,;]+/)
    .map((part) => part.replace(/^dnsname[=:]/i, ''))
    .filter((name) => name !== '')

/** The names of the certificate: the FQDN is added when it is missing. */
export const withFqdn = (names: readonly string[], fqdn: string): string[] =>
  fqdn === '' || names.some((name) => name.toLowerCase() === fqdn.toLowerCase())
    ? [...names]
    : [...names, fqdn]

/** Length of column 13 in characters as the service counts it, with the FQDN it adds. */
export const lengthWithFqdn = (names: readonly string[], fqdn: string): number =>
  renderDnsNames(withFqdn(names, fqdn)).length
