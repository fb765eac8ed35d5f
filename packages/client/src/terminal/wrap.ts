import { displayWidth } from './printable.js'

/** A blank run, a word without Japanese, or one Japanese character: the places where a line may end. */
const piece = /\s+|[^\s\u3000-\u9fff\uff00-\uffdc]+|[\u3000-\u9fff\uff00-\uffdc]/gu

/** Must not begin a line in Japanese (JIS X 4051). */
const closing = /^[、。」』）・ー]/u

/** Breaks text to a width in columns. Line breaks in it stay; commander's own wrapping knows blanks only. */
export const wrapText = (text: string, columns: number): string =>
  text
    .split('\n')
    .map((line) => (displayWidth(line) <= columns ? line : wrapLine(line, columns)))
    .join('\n')

function wrapLine(line: string, columns: number): string {
  const lines = ['']
  for (const part of line.match(piece) ?? []) {
    const current = lines.at(-1) ?? ''
    const fits = displayWidth(current + part) <= columns || closing.test(part)
    if (fits) lines[lines.length - 1] = current + part
    else lines.push(part.trimStart())
  }
  return lines.map((wrapped) => wrapped.trimEnd()).join('\n')
}
