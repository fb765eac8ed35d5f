/** Serials in column 4: decimal, or hexadecimal behind `0x`. */
const form = /^(?:[0-9]+|0x[0-9A-Fa-f]+)$/

/** The serial in decimal without leading zeros; undefined for anything else, such as 1.2E+38. */
export const parseSerial = (text: string): string | undefined =>
  form.test(text) ? BigInt(text).toString() : undefined
