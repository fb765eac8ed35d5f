import { Failure } from '../terminal/failure.js'
import { printable } from '../terminal/printable.js'

/**
 * Checks a certificate name, which becomes a folder and a file name.
 *
 * @throws Failure (usage) for names that could leave their folder or that Windows keeps for devices, and for
 *   those of other locks and files of ours.
 */
export function parseCertName(text: string): string {
  const reserved = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)|^(accounts|installers|renew|readme)$/i.test(text)
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,199}$/.test(text) && !text.includes('..') && !reserved) return text
  throw new Failure('usage', {
    en: `--cert-name ${printable(text, 80)} cannot be a folder name. Use letters, digits, "-", "_" and single ".", beginning with a letter or digit; "accounts", "installers", "renew" and "README" are taken.`,
    ja: `--cert-name ${printable(text, 80)} はフォルダ名にできません。英数字と "-" "_" "." (連続不可) を使い、英数字で始めてください。accounts、installers、renew、README は使えません。`,
  })
}
