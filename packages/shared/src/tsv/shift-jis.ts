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

/** Cells that CP932 and JIS X 0208 name differently, JIS first; U+2014 is a third name for one of them. */
const jisToCp932 = new Map([
  ['〜', '～'],
  ['−', '－'],
  ['‖', '∥'],
  ['¢', '￠'],
  ['£', '￡'],
  ['¬', '￢'],
])
const toJis = new Map([...jisToCp932].map(([jis, cp932]) => [cp932, jis]))
toJis.set('—', '―')
// NFC turns the angstrom sign of JIS X 0208 into a letter that it lacks.
toJis.set('\u00c5', '\u212b')

/** Normal form of text: composed (NFC), with the names of JIS X 0208. Bytes and look stay the same. */
export const toJisText = (text: string): string =>
  isAscii(text)
    ? text
    : text.normalize('NFC').replace(/[～－∥￠￡￢—\u00c5]/g, (character) => toJis.get(character) ?? character)

const isAscii = (text: string): boolean => /^[\0-\x7f]*$/.test(text)

/** The characters of a text that the service's character set lacks, each once, in order. */
export function charactersOutsideJis(text: string): string[] {
  const found = isAscii(text) ? null : toJisText(text).match(/[^\0-\x7f]/gu)
  return found ? [...new Set(found)].filter((character) => !isInJis(character)) : []
}

const known = new Map<string, boolean>()

function isInJis(character: string): boolean {
  const found = known.get(character) ?? hasCell(character)
  // The set is finite, the input is not: only what exists is remembered.
  if (found) known.set(character, true)
  return found
}

function hasCell(character: string): boolean {
  // CP932 turns these two into the ASCII characters that share their byte.
  if (character === '¥' || character === '‾') return false
  const bytes = encodeCp932(character)
  return iconv.decode(bytes, 'cp932') === (jisToCp932.get(character) ?? character) && isJisRow(bytes)
}

/** True for one byte, and for rows 1–8 (symbols, kana) and 16–84 (kanji, levels 1 and 2). */
function isJisRow(bytes: Buffer): boolean {
  const [lead = 0, trail] = bytes
  if (trail === undefined) return true
  const row = (lead < 0xe0 ? lead - 0x81 : lead - 0xc1) * 2 + (trail < 0x9f ? 1 : 2)
  return row <= 8 || (row >= 16 && row <= 84)
}

const encodeCp932 = (text: string): Buffer =>
  iconv.encode(
    text.replace(/[〜−‖¢£¬]/g, (character) => jisToCp932.get(character) ?? character),
    'cp932',
  )

/** Length in bytes once encoded; two per full-width character. */
export const shiftJisLength = (text: string): number =>
  isAscii(text) ? text.length : encodeCp932(toJisText(text)).length

export class ShiftJisError extends Error {
  override name = 'ShiftJisError'
}

/** @throws {ShiftJisError} naming the characters that the service's character set lacks. */
export function encodeShiftJis(text: string): Buffer {
  const outside = charactersOutsideJis(text)
  if (outside.length > 0) throw new ShiftJisError(`not in JIS X 0208: ${outside.slice(0, 10).join(' ')}`)
  return encodeCp932(toJisText(text))
}

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
