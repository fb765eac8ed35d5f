/**
 * Which characters a cell may hold: half-width ones, or also those of JIS X 0208
 * (symbols, kana, level 1 and 2 kanji). The extensions of NEC and IBM that Windows has
 * in the same encoding are refused, and so are half-width kana.
 */
import iconv from 'iconv-lite'

const halfWidth = /^[\x20-\x7e]*$/

export const isHalfWidth = (text: string): boolean => halfWidth.test(text)

/** Row (区) of a two-octet Shift_JIS character in its 94 × 94 table; 0 for a single octet. */
function tableRow(character: string): number {
  const [lead = 0, trail] = iconv.encode(character, 'cp932')
  if (trail === undefined) return 0
  const pair = (lead < 0xe0 ? lead - 0x81 : lead - 0xc1) * 2
  return pair + (trail >= 0x9f ? 2 : 1)
}

/** Rows 1–8 are symbols and letters, 16–84 kanji; 13 is NEC's, 89 and above are NEC's and IBM's. */
function isJisCharacter(character: string): boolean {
  const row = tableRow(character)
  return (row >= 1 && row <= 8) || (row >= 16 && row <= 84)
}

/** The decoder's mark for octets that are no character. */
const undecodable = '\ufffd'

export const isFullOrHalfWidth = (text: string): boolean =>
  Array.from(text).every(
    (character) => isHalfWidth(character) || (character !== undecodable && isJisCharacter(character)),
  )
