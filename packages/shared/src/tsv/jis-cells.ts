/**
 * The cells of JIS X 0208 and JIS X 0201 in Shift_JIS, by UTF-16 unit, and the names that texts have there.
 *
 * Source: docs/upki-tsv.md, "Characters".
 */

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

export const isAscii = (text: string): boolean => /^[\0-\x7f]*$/.test(text)

/** Ideographs that NFC exchanges for others of another look: 福 of U+FA1B for 福 of U+798F. */
const compatible = /[\uf900-\ufaff\u{2f800}-\u{2fa1f}]/u
const betweenCompatible = /[^\uf900-\ufaff\u{2f800}-\u{2fa1f}]+/gu

const compose = (text: string): string =>
  compatible.test(text)
    ? text.replace(betweenCompatible, (run) => run.normalize('NFC'))
    : text.normalize('NFC')

/** Normal form of text: composed (NFC), with the names of JIS X 0208. Bytes and look stay the same. */
export const toJisText = (text: string): string =>
  isAscii(text)
    ? text
    : compose(text).replace(/[～－∥￠￡￢—\u00c5]/g, (character) => toJis.get(character) ?? character)

let made: Uint16Array | undefined

/**
 * Bytes of each UTF-16 unit that has a cell: one byte below 0x100, else lead and trail. 0 is no cell, and the
 * character NUL itself. JIS X 0208 lies wholly in the basic plane, and NFC leaves its characters alone but for the
 * angstrom sign, so a text of these units alone needs no normalising. Made when it is first asked for.
 */
export const jisCells = (): Uint16Array => (made ??= makeCells())

function makeCells(): Uint16Array {
  const cells = new Uint16Array(0x10000)
  for (let byte = 1; byte < 0x80; byte += 1) cells[byte] = byte
  // JIS X 0201: half-width katakana, in the order of Unicode.
  for (let byte = 0xa1; byte < 0xe0; byte += 1) cells[0xff61 + byte - 0xa1] = byte
  for (let lead = 0x81; lead < 0xf0; lead += 1) if (lead < 0xa0 || lead >= 0xe0) addCells(cells, lead)
  return cells
}

/** By the platform's decoder, which has its tables at hand; those of a library take 50 ms to make. */
function addCells(cells: Uint16Array, lead: number): void {
  const trails: number[] = []
  for (let trail = 0x40; trail < 0xfd; trail += 1) if (isJisRow(lead, trail)) trails.push(trail)
  const lines = Uint8Array.from(trails.flatMap((trail) => [lead, trail, 0x0a]))
  const texts = toJisText(new TextDecoder('shift_jis').decode(lines)).split('\n')
  for (const [index, trail] of trails.entries()) {
    const text = texts[index] ?? ''
    if (text.length === 1 && text !== '\ufffd') cells[text.charCodeAt(0)] = (lead << 8) | trail
  }
}

/** True for rows 1–8 (symbols, kana) and 16–84 (kanji, levels 1 and 2). */
function isJisRow(lead: number, trail: number): boolean {
  if (trail === 0x7f) return false
  const row = (lead < 0xe0 ? lead - 0x81 : lead - 0xc1) * 2 + (trail < 0x9f ? 1 : 2)
  return row <= 8 || (row >= 16 && row <= 84)
}
