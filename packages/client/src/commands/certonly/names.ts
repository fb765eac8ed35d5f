/** DNS names from the command line. The rules of UPKI itself (domains, 8 names) are the server's to say. */
import { domainToASCII } from 'node:url'
import { Failure } from '../../terminal/failure.js'
import { printable } from '../../terminal/printable.js'

/** RFC 1035 §2.3.4: 253 characters as text, labels of 63; RFC 5890 A-labels included. A leading `*.` is left to the server. */
const hostName =
  /^(?=.{1,253}$)(\*\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/

/**
 * Adds the names of one `-d` to the earlier ones: lower-cased, Japanese names as
 * A-labels, each once, order kept.
 *
 * @throws Failure (usage) naming what is no DNS name
 */
export function parseNames(text: string, previous: readonly string[]): string[] {
  const added = text.split(',').map((name) => parseName(name.trim()))
  return [...new Set([...previous, ...added])]
}

function parseName(text: string): string {
  const name = toAscii(text)
  const isAddress = /^[\d.]+$/.test(name)
  if (hostName.test(name) && !isAddress) return name
  const shown = printable(text, 80)
  throw new Failure('usage', {
    en: `-d ${shown} is not a full DNS name such as www.example.ac.jp. IP addresses, underscores and a dot at the end are not possible.`,
    ja: `-d ${shown} は www.example.ac.jp のような完全な DNS 名ではありません。IP アドレス、下線、末尾のドットは使えません。`,
  })
}

function toAscii(text: string): string {
  const wildcard = text.startsWith('*.') ? '*.' : ''
  const rest = text.slice(wildcard.length)
  const ascii = rest.replace(/[\u0080-\u{10ffff}]/gu, '')
  // URL parsing would turn 1.2 into an address, drop line breaks and cut at a slash: only names with letters of
  // other scripts, and nothing else that is no part of a name, go through it.
  const isInternational = ascii !== rest && /^[A-Za-z0-9.-]*$/.test(ascii)
  return wildcard + (isInternational ? domainToASCII(rest) : rest.toLowerCase())
}
