/**
 * Host names as they may stand in a certificate of this service: fully qualified, ASCII, no wildcard.
 *
 * Sources: docs/upki-tsv.md, "Column 13: dNSName"; RFC 1123 §2.1 for letters and labels; the Baseline Requirements of
 * the CA/Browser Forum allow no label with hyphens in places 3 and 4 other than `xn--`.
 */
import { domainToASCII, domainToUnicode } from 'node:url'

/** RFC 5280, ub-common-name. */
export const maxCommonNameLength = 64
const maxHostNameLength = 253
const maxLabelLength = 63

/** Why a text is not a host name for a certificate. */
export type HostNameFault =
  'empty' | 'wildcard' | 'ipAddress' | 'notAscii' | 'character' | 'label' | 'notQualified' | 'tooLong'

/** What most names are: labels within their length, none all digits at the end, no two hyphens in a row. */
const plainName = /^(?!.*--)(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}$/

/** The first fault of a host name, or undefined for a good one. Letter case is not judged here. */
export function checkHostName(name: string): HostNameFault | undefined {
  if (name.length <= maxHostNameLength && plainName.test(name)) return undefined
  if (name === '') return 'empty'
  if (name.includes('*')) return 'wildcard'
  if (/[^\x20-\x7e]/.test(name)) return 'notAscii'
  if (isIpAddress(name)) return 'ipAddress'
  if (/[^A-Za-z0-9.-]/.test(name)) return 'character'
  if (name.length > maxHostNameLength) return 'tooLong'
  const labels = name.split('.')
  if (!labels.every(isLabel)) return 'label'
  return labels.length < 2 ? 'notQualified' : undefined
}

const isIpAddress = (name: string): boolean =>
  /^(\d{1,3}(\.\d{1,3}){3}|\[?[\dA-Fa-f]*:[\dA-Fa-f:.]*\]?)$/.test(name)

const isLabel = (label: string): boolean =>
  label.length <= maxLabelLength &&
  /^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?$/.test(label) &&
  (label.slice(2, 4) !== '--' || isALabel(label.toLowerCase()))

/** RFC 8555 §7.1.4: what begins with `xn--` is the encoding of something, and the only one. */
const isALabel = (label: string): boolean =>
  label.startsWith('xn--') && domainToASCII(domainToUnicode(label)) === label

export const isHostName = (name: string): boolean => checkHostName(name) === undefined

/** The A-label form of a name in another script, such as `xn--…`; undefined when there is none. */
export function toAsciiHostName(name: string): string | undefined {
  const ascii = domainToASCII(name)
  return isHostName(ascii) ? ascii : undefined
}

/** Only ASCII letters change: `toLowerCase` makes a k of the Kelvin sign, and so a host name of what is none. */
export const toLowerAscii = (name: string): string =>
  name.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())

/** True when the name equals one of the domains or lies below one; letter case does not matter. */
export function isInsideDomains(name: string, domains: readonly string[]): boolean {
  const lower = name.toLowerCase()
  return domains.some((domain) => {
    const outer = domain.toLowerCase()
    return lower === outer || lower.endsWith(`.${outer}`)
  })
}
