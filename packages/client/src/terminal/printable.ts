/**
 * Makes text from outside harmless to show: a server could send escape
 * sequences that rewrite the terminal, or so much that the reason is lost.
 * Line breaks become blanks; other control, bidirectional and zero-width
 * characters are dropped.
 */
export function printable(text: string, maxLength = 500): string {
  const clean = text
    .replace(/[\r\n\t\u2028\u2029]+/g, ' ')
    .replace(/[\p{Cc}\p{Cf}\p{Cs}]/gu, '')
    .trim()
  return clean.length > maxLength ? `${clean.slice(0, maxLength)}…` : clean
}

/** Columns that text takes on a terminal: Japanese characters take two. */
export function displayWidth(text: string): number {
  let width = 0
  for (const character of text) width += isWide(character.codePointAt(0) ?? 0) ? 2 : 1
  return width
}

/** East Asian Wide and Fullwidth, by the blocks that our messages use (UAX #11). */
const isWide = (code: number) => (code >= 0x2e80 && code <= 0xffdc && !isHalfWidth(code)) || code >= 0x1f300

const isHalfWidth = (code: number) => code >= 0xff61

export function cutToWidth(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text
  let cut = ''
  for (const character of text) {
    if (displayWidth(cut + character) > columns - 1) break
    cut += character
  }
  return `${cut}…`
}
