/**
 * Serial numbers: decimal, or hexadecimal with `0x`; always text, for 128 bits fit no JavaScript number
 * and no spreadsheet cell. Source: docs/upki-tsv.md, column 4.
 */

// RFC 5280 §4.1.2.2: positive, at most 20 octets.
const maxSerial = 2n ** 159n - 1n

/** What most serials are: decimal, of so few digits that they are in range. */
const plainSerial = /^[1-9]\d{0,46}$/

/** The number behind a serial in either form; undefined when the text is neither, or out of range. */
export function parseSerial(text: string): bigint | undefined {
  if (text.length > 60 || !/^(\d+|0x[0-9A-Fa-f]+)$/.test(text)) return undefined
  const value = BigInt(text)
  return value > 0n && value <= maxSerial ? value : undefined
}

/** The decimal form of a serial, for comparing; undefined when the text is none. */
export const decimalOf = (text: string): string | undefined =>
  plainSerial.test(text) ? text : parseSerial(text)?.toString()

export const isSerial = (text: string): boolean => plainSerial.test(text) || parseSerial(text) !== undefined

export const isSameSerial = (a: string, b: string): boolean => {
  const value = parseSerial(a)
  return value !== undefined && value === parseSerial(b)
}

/** True for what a spreadsheet leaves of a serial: `1.23E+38`, or digits of which only the first 15 are real. */
export const isSpreadsheetDamage = (text: string): boolean =>
  plainSerial.test(text)
    ? text.endsWith('0000000000') && roundedSerial.test(text)
    : /^\d+([.,]\d+E\+?|E\+)\d+$/i.test(text) || roundedSerial.test(text)

const roundedSerial = /^[1-9]\d{14}0{10,}$/
