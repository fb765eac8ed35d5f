/**
 * Shift_JIS as the service takes it: ASCII, half-width katakana and JIS X 0208 (levels 1 and 2), and no more.
 *
 * The codec at hand is CP932, which also has the NEC and IBM extensions (髙 﨑 ①) and names five cells
 * differently (0x8160 is U+FF5E there, U+301C in JIS X 0208). Text in this program uses the names of
 * JIS X 0208; both names encode to the same bytes. What has no cell is refused, never replaced.
 *
 * Source: docs/upki-tsv.md, "Characters".
 */
import iconv from 'iconv-lite'
import { isAscii, jisCells, toJisText } from './jis-cells.js'

export { isAscii, toJisText }

/** True when every unit has a cell as it stands. */
function isPlain(text: string): boolean {
  const table = jisCells()
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index)
    if (unit !== 0 && table[unit] === 0) return false
  }
  return true
}

/** The characters of a text that the service's character set lacks, each once, in order. */
export function charactersOutsideJis(text: string): string[] {
  if (isAscii(text) || isPlain(text)) return []
  const outside = Array.from(toJisText(text)).filter((character) => !isPlain(character))
  return [...new Set(outside)]
}

/** Length in bytes once encoded; two per full-width character. */
export function shiftJisLength(text: string): number {
  if (isAscii(text)) return text.length
  const table = jisCells()
  const plain = toJisText(text)
  let length = 0
  for (let index = 0; index < plain.length; index += 1)
    length += (table[plain.charCodeAt(index)] ?? 0) > 0xff ? 2 : 1
  return length
}

export class ShiftJisError extends Error {
  override name = 'ShiftJisError'
}

/** @throws {ShiftJisError} naming the characters that the service's character set lacks. */
export function encodeShiftJis(text: string): Buffer {
  if (isAscii(text)) return Buffer.from(text, 'latin1')
  const bytes = tryEncode(text) ?? tryEncode(toJisText(text))
  if (!bytes) throw outsideJis(text)
  return bytes
}

/** Undefined when a unit has no cell as it stands. */
function tryEncode(text: string): Buffer | undefined {
  const table = jisCells()
  const bytes = Buffer.allocUnsafe(text.length * 2)
  let length = 0
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index)
    const cell = table[unit] ?? 0
    if (cell === 0 && unit !== 0) return undefined
    if (cell > 0xff) bytes[length++] = cell >> 8
    bytes[length++] = cell & 0xff
  }
  return bytes.subarray(0, length)
}

const outsideJis = (text: string): ShiftJisError =>
  new ShiftJisError(`not in JIS X 0208: ${charactersOutsideJis(text).slice(0, 10).join(' ')}`)

/**
 * Text of Shift_JIS or CP932 bytes, extensions included, in the names of JIS X 0208.
 *
 * @throws {ShiftJisError} when a byte belongs to no character.
 */
export function decodeShiftJis(bytes: Uint8Array): string {
  const text = iconv.decode(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), 'cp932')
  if (text.includes('\ufffd')) throw new ShiftJisError('a byte belongs to no character of Shift_JIS')
  return toJisText(text)
}
