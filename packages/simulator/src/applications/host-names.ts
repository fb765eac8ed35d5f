/** dNSName lists (column 13): docs/issuance-system.md, "Rows". */
const prefix = 'dNSName='
const label = '[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?'
const hostForm = new RegExp(`^${label}(?:\\.${label})+$`)
const addressForm = /^[0-9.]+$/

/** Letters, digits, `.` and `-` in labels of at most 63 that neither begin nor end with `-`; no wildcard, no IP address. */
export const isHostName = (name: string): boolean => hostForm.test(name) && !addressForm.test(name)

/** The names as written; undefined when the list is not `dNSName=a,dNSName=b`. */
export function parseDnsNames(list: string): string[] | undefined {
  if (list === '') return []
  const parts = list.split(',')
  return parts.every((part) => part.startsWith(prefix))
    ? parts.map((part) => part.slice(prefix.length))
    : undefined
}

/** The names that go into the certificate: those listed and the FQDN, lower-cased, each once. */
export const certificateNames = (fqdn: string, list: string): string[] => [
  ...new Set([...(parseDnsNames(list) ?? []), fqdn].map((name) => name.toLowerCase())),
]

/** Characters of the list once the system has added the FQDN where it is missing. */
export function completedLength(fqdn: string, list: string): number {
  const names = (parseDnsNames(list) ?? []).map((name) => name.toLowerCase())
  if (names.includes(fqdn.toLowerCase())) return list.length
  return list.length + (list === '' ? 0 : 1) + prefix.length + fqdn.length
}
