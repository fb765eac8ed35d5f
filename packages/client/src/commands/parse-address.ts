import { Failure } from '../terminal/failure.js'
import { printable } from '../terminal/printable.js'

/** One mail address, such that it can be a header. @throws Failure (usage) */
export function parseAddress(text: string): string {
  if (/^[^\s@<>,;:"()[\]\\]{1,64}@[A-Za-z0-9.-]{1,253}$/.test(text) && !/[^\x21-\x7e]/.test(text)) return text
  throw new Failure('usage', {
    en: `${printable(text, 80)} is not one mail address.`,
    ja: `${printable(text, 80)} は 1 つのメールアドレスではありません。`,
  })
}
