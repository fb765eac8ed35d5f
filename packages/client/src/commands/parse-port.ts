import { Failure } from '../terminal/failure.js'
import { printable } from '../terminal/printable.js'

/** A port from 1 to 65535. @throws Failure (usage) */
export function parsePort(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535) return Number(text)
  throw new Failure('usage', {
    en: `${printable(text, 40)} is not a port from 1 to 65535.`,
    ja: `${printable(text, 40)} は 1 から 65535 までのポート番号ではありません。`,
  })
}
