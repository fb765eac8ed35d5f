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

/** Cells that CP932 and JIS X 0208 name differently, CP932 first; U+2014 is a third name for one of them. */
const toJis = new Map([
  ['～', '〜'],
  ['－', '−'],
  ['∥', '‖'],
  ['￠', '¢'],
  ['￡', '£'],
  ['￢', '¬'],
  ['—', '―'],
  // NFC turns the angstrom sign of JIS X 0208 into a letter that it lacks.
  ['\u00c5', '\u212b'],
])

/** Normal form of text: composed (NFC), with the names of JIS X 0208. Bytes and look stay the same. */
export const toJisText = (text: string): string =>
  isAscii(text)
    ? text
    : text.normalize('NFC').replace(/[～－∥￠￡￢—\u00c5]/g, (character) => toJis.get(character) ?? character)

const isAscii = (text: string): boolean => /^[\0-\x7f]*$/.test(text)

/**
 * Bytes of each UTF-16 unit that has a cell: one byte below 0x100, else lead and trail. 0 is no cell, and the
 * character NUL itself. JIS X 0208 lies wholly in the basic plane, and NFC leaves its characters alone but for the
 * angstrom sign, so a text of these units alone needs no normalising.
 */
const cells = makeCells()

function makeCells(): Uint16Array {
  const made = new Uint16Array(0x10000)
  for (let byte = 1; byte < 0xe0; byte += 1) if (byte < 0x80 || byte > 0xa0) addCell(made, Buffer.of(byte))
  for (let lead = 0x81; lead < 0xf0; lead += 1)
    for (let trail = 0x40; trail < 0xfd; trail += 1)
      if (isJisRow(lead, trail)) addCell(made, Buffer.of(lead, trail))
  return made
}

function addCell(made: Uint16Array, bytes: Buffer): void {
  const text = toJisText(iconv.decode(bytes, 'cp932'))
  if (text.length === 1 && text !== '\ufffd')
    made[text.charCodeAt(0)] = bytes.length === 1 ? bytes.readUInt8() : bytes.readUInt16BE()
}

/** True for rows 1–8 (symbols, kana) and 16–84 (kanji, levels 1 and 2). */
function isJisRow(lead: number, trail: number): boolean {
  if ((lead > 0x9f && lead < 0xe0) || trail === 0x7f) return false
  const row = (lead < 0xe0 ? lead - 0x81 : lead - 0xc1) * 2 + (trail < 0x9f ? 1 : 2)
  return row <= 8 || (row >= 16 && row <= 84)
}

const hasCell = (unit: number): boolean => unit === 0 || cells[unit] !== 0

/** True when every unit has a cell as it stands. */
function isPlain(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) if (!hasCell(text.charCodeAt(index))) return false
  return true
}

/** The characters of a text that the service's character set lacks, each once, in order. */
export function charactersOutsideJis(text: string): string[] {
  if (isPlain(text)) return []
  const outside = Array.from(toJisText(text)).filter((character) => !isPlain(character))
  return [...new Set(outside)]
}

/** Length in bytes once encoded; two per full-width character. */
export function shiftJisLength(text: string): number {
  let length = 0
  const plain = toJisText(text)
  for (let index = 0; index < plain.length; index += 1)
    length += (cells[plain.charCodeAt(index)] ?? 0) > 0xff ? 2 : 1
  return length
}

export class ShiftJisError extends Error {
  override name = 'ShiftJisError'
}

/** @throws {ShiftJisError} naming the characters that the service's character set lacks. */
export function encodeShiftJis(text: string): Buffer {
  const plain = isPlain(text) ? text : toJisText(text)
  const bytes = Buffer.allocUnsafe(plain.length * 2)
  let length = 0
  for (let index = 0; index < plain.length; index += 1) {
    const unit = plain.charCodeAt(index)
    const cell = cells[unit] ?? 0
    if (cell === 0 && unit !== 0) throw outsideJis(text)
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
