/** Elements of DER (X.690): one after the other, each within the one around it. */

export interface Element {
  /** The identifier octet: class, whether it is made of others, and number. */
  tag: number
  content: Buffer
  /** With its identifier and length, exactly as it came. */
  whole: Buffer
}

/** Where the content begins, and its length: X.690 §8.1.3, §10.1. @throws Error when the form is not DER's */
function readLength(der: Buffer, offset: number): { content: number; length: number } {
  const first = der[offset]
  if (first === undefined) throw new Error('an element without length')
  if (first < 0x80) return { content: offset + 1, length: first }
  const octets = first & 0x7f
  if (octets === 0 || octets > 4 || offset + 1 + octets > der.length)
    throw new Error('a length that is not DER')
  const length = der.readUIntBE(offset + 1, octets)
  if (length < 0x80 || length < 2 ** (8 * (octets - 1))) throw new Error('a length longer than needed')
  return { content: offset + 1 + octets, length }
}

/** All elements of the octets. @throws Error when something is left over or missing */
export function readElements(der: Buffer): Element[] {
  const found: Element[] = []
  for (let offset = 0; offset < der.length;) {
    const tag = der[offset] ?? 0
    if ((tag & 0x1f) === 0x1f) throw new Error('a tag of more than one octet')
    const { content, length } = readLength(der, offset + 1)
    const end = content + length
    if (end > der.length) throw new Error('an element longer than the one around it')
    found.push({ tag, content: der.subarray(content, end), whole: der.subarray(offset, end) })
    offset = end
  }
  return found
}

export const tags = { integer: 0x02, bitString: 0x03, oid: 0x06, sequence: 0x30, set: 0x31 } as const

/** @throws Error when the element has another tag or is missing */
export function expectTag(element: Element | undefined, tag: number): Element {
  if (element?.tag !== tag) throw new Error(`no element with tag ${tag}`)
  return element
}

/** X.690 §8.19. */
export function readOid(element: Element | undefined): string {
  const { content } = expectTag(element, tags.oid)
  if (content.length === 0 || (content.at(-1) ?? 0x80) >= 0x80)
    throw new Error('an object identifier cut off')
  const arcs: number[] = []
  let arc = 0
  for (const octet of content) {
    arc = arc * 128 + (octet & 0x7f)
    if (octet >= 0x80) continue
    arcs.push(arc)
    arc = 0
  }
  const [first = 0, ...rest] = arcs
  const root = Math.min(Math.floor(first / 40), 2)
  return [root, first - root * 40, ...rest].join('.')
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

const textOf: Record<number, (content: Buffer) => string> = {
  // UTF8String; Numeric-, Printable-, Teletex- and IA5String; BMPString.
  0x0c: (content) => utf8.decode(content),
  0x12: (content) => content.toString('latin1'),
  0x13: (content) => content.toString('latin1'),
  0x14: (content) => content.toString('latin1'),
  0x16: (content) => content.toString('latin1'),
  0x1e: (content) => Buffer.from(content).swap16().toString('utf16le'),
}

/** The text of a string; octets of any other kind in hexadecimal. */
export const readText = ({ tag, content }: Element): string =>
  textOf[tag]?.(content) ?? `#${content.toString('hex')}`
