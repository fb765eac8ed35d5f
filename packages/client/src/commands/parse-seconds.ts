import { Failure } from '../terminal/failure.js'
import { printable } from '../terminal/printable.js'

/** A whole number of seconds up to a year. @throws Failure (usage) */
export function parseSeconds(text: string): number {
  if (/^\d{1,8}$/.test(text) && Number(text) <= 31_536_000) return Number(text)
  throw new Failure('usage', {
    en: `${printable(text, 40)} is not a number of seconds from 0 to 31536000 (a year).`,
    ja: `${printable(text, 40)} は 0 から 31536000 (1 年) までの秒数ではありません。`,
  })
}
