/**
 * DER writer for the ASN.1 types that certificates are made of (X.690 §8 and §10).
 *
 * Issuing is the simulator's hot path, and general ASN.1 libraries spend several times
 * the cost of the signature on building the structure; these few functions do not.
 */
const lengthOctets = (length: number): Buffer => {
  if (length < 0x80) return Buffer.of(length)
  const hex = length.toString(16)
  const octets = Buffer.from(hex.length % 2 ? `0${hex}` : hex, 'hex')
  return Buffer.concat([Buffer.of(0x80 | octets.length), octets])
}

const element = (tag: number, parts: readonly Uint8Array[]): Buffer => {
  const length = parts.reduce((sum, part) => sum + part.length, 0)
  return Buffer.concat([Buffer.of(tag), lengthOctets(length), ...parts])
}

export const sequence = (...parts: Uint8Array[]) => element(0x30, parts)
export const set = (...parts: Uint8Array[]) => element(0x31, parts)
export const boolean = (value: boolean) => element(0x01, [Buffer.of(value ? 0xff : 0)])
export const nothing = () => element(0x05, [])
export const octetString = (content: Uint8Array) => element(0x04, [content])
export const utf8String = (text: string) => element(0x0c, [Buffer.from(text, 'utf8')])
export const printableString = (text: string) => element(0x13, [Buffer.from(text, 'latin1')])

/** `[number]` holding whole elements. */
export const explicit = (number: number, ...parts: Uint8Array[]) => element(0xa0 | number, parts)

/** `[number]` in place of a primitive type's own tag, as GeneralName uses it. */
export const implicit = (number: number, content: Uint8Array) => element(0x80 | number, [content])

/** INTEGER from unsigned big-endian octets. */
export function integer(octets: Uint8Array): Buffer {
  const start = octets.findIndex((octet) => octet !== 0)
  const significant = start < 0 ? Buffer.of(0) : Buffer.from(octets.subarray(start))
  const isNegative = ((significant[0] ?? 0) & 0x80) !== 0
  return element(0x02, isNegative ? [Buffer.of(0), significant] : [significant])
}

export const bitString = (content: Uint8Array, unusedBits = 0) =>
  element(0x03, [Buffer.of(unusedBits), content])

const base128 = (arc: number): number[] => {
  const digits = [arc & 0x7f]
  for (let rest = arc >>> 7; rest > 0; rest >>>= 7) digits.unshift((rest & 0x7f) | 0x80)
  return digits
}

/** OBJECT IDENTIFIER from its dotted form. */
export function objectIdentifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  return element(0x06, [Buffer.from([first * 40 + second, ...rest].flatMap(base128))])
}

/** UTCTime until 2049, GeneralizedTime from 2050: RFC 5280 §4.1.2.5. */
export function time(date: Date): Buffer {
  const digits = date
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replace(/[-:T]/g, '')
  return date.getUTCFullYear() < 2050
    ? element(0x17, [Buffer.from(digits.slice(2), 'latin1')])
    : element(0x18, [Buffer.from(digits, 'latin1')])
}
