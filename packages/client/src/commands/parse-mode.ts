import { Failure } from '../terminal/failure.js'
import { printable } from '../terminal/printable.js'

/** An octal file mode. @throws Failure (usage) */
export function parseMode(text: string): string {
  if (/^0?[0-7]{3}$/.test(text)) return text
  throw new Failure('usage', {
    en: `${printable(text, 40)} is not an octal file mode such as 640.`,
    ja: `${printable(text, 40)} は 640 のような 8 進のモードではありません。`,
  })
}
