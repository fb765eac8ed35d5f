/**
 * Subject DNs as the service writes them: `CN=…,O=…,L=…,ST=…,C=JP`.
 *
 * The format has no escaping, and values such as `Foo, Inc. (a=b)` are allowed in O and L, so a comma
 * separates only where an attribute name and `=` follow it. A blank after such a comma is an error, not
 * decoration: read carelessly it once put the text `Tokyo, C=JP` into the ST of real certificates.
 *
 * Source: docs/upki-tsv.md, "Column 1: Subject DN".
 */

/** Attribute names that may start a part of a DN, as they are written. */
export const attributeNames = ['CN', 'OU', 'O', 'L', 'ST', 'C', 'emailAddress'] as const

export type AttributeName = (typeof attributeNames)[number]

export interface DnAttribute {
  /** As in {@link attributeNames}, or a dotted OID when a CSR holds another one. */
  name: string
  value: string
}

/** Why a text is not a DN. */
export type DnFault = 'syntax' | 'blank' | 'letterCase' | 'emptyValue'

export class DnError extends Error {
  override name = 'DnError'
  constructor(
    readonly fault: DnFault,
    detail: string,
  ) {
    super(detail)
  }
}

const anyName = attributeNames.join('|')
const separator = new RegExp(`\\s*,\\s*(?=(?:${anyName})\\s*=)`, 'i')
const strayBlank = new RegExp(`(?:\\s,|,\\s+)(?=(?:${anyName})\\s*=)|,(?:${anyName})\\s+=`, 'i')

/** Longest text that is looked at, in characters; the column holds 250. */
const maxLength = 2000

/**
 * Reads a DN strictly: upper-case attribute names, no blank around commas and equals signs.
 *
 * @throws {DnError} naming what is wrong; {@link readDnLeniently} gives what was probably meant.
 */
export function parseDn(text: string): DnAttribute[] {
  const plain = text.length <= maxLength ? readPlainDn(text) : undefined
  if (plain) return plain
  const attributes = readDnLeniently(text)
  if (attributes === undefined) throw new DnError('syntax', 'not a list of attribute=value parts')
  if (strayBlank.test(text)) throw new DnError('blank', 'blank beside a comma or an equals sign')
  const empty = attributes.find(({ value }) => value === '')
  if (empty) throw new DnError('emptyValue', `${empty.name} has no value`)
  if (renderDn(attributes) === text) return attributes
  if (renderDn(attributes).toLowerCase() === text.toLowerCase())
    throw new DnError('letterCase', 'attribute names are written in capitals')
  throw new DnError('blank', 'blank at an end of a value')
}

/** What nearly every part of a DN is: no second equals sign, and no blank at an end of the value. */
const plainPart = /^(CN|OU|O|L|ST|C)=([^\s=](?:[^=]*[^\s=])?)$/

/** Most DNs, at once: where every part between commas is plain there is nothing to be found fault with. */
function readPlainDn(text: string): DnAttribute[] | undefined {
  const attributes: DnAttribute[] = []
  for (const part of text.split(',')) {
    const found = plainPart.exec(part)
    if (!found) return undefined
    attributes.push({ name: found[1] ?? '', value: found[2] ?? '' })
  }
  return attributes
}

/** What the writer of a DN probably meant: blanks dropped, names in capitals. Undefined when it is no DN. */
export function readDnLeniently(text: string): DnAttribute[] | undefined {
  if (text.length > maxLength) return undefined
  const attributes = text.trim().split(separator).map(readAttribute)
  return attributes.every((attribute) => attribute !== undefined) ? attributes : undefined
}

const canonicalNames = new Map<string, AttributeName>(
  attributeNames.map((name) => [name.toLowerCase(), name]),
)

function readAttribute(part: string): DnAttribute | undefined {
  const equals = part.indexOf('=')
  const name = canonicalNames.get(part.slice(0, Math.max(equals, 0)).trim().toLowerCase())
  return name && { name, value: part.slice(equals + 1).trim() }
}

export const renderDn = (attributes: readonly DnAttribute[]): string =>
  attributes.map(({ name, value }) => `${name}=${value}`).join(',')

/** The value of the first attribute of that name. */
export const attributeOf = (dn: readonly DnAttribute[], name: AttributeName): string | undefined =>
  dn.find((attribute) => attribute.name === name)?.value

/** The CN of a DN, or undefined when the text is not a DN or has none. */
export const commonNameOf = (text: string): string | undefined =>
  attributeOf(readDnLeniently(text) ?? [], 'CN')
