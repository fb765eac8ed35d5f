/** Serials on the command line: apart by commas or blanks, in either form. */
import { decimalOf } from '@upki-gateway/shared/identifier'
import { Failure } from '../../terminal/failure.js'

/** @throws Failure (usage) for what is no serial */
export const readSerials = (text: string): string[] =>
  text
    .split(/[\s,]+/)
    .filter(Boolean)
    .map((serial) => {
      const decimal = decimalOf(serial)
      if (decimal !== undefined) return decimal
      throw new Failure('usage', {
        en: `${serial} is not a serial number; give it in decimal, or in hexadecimal with 0x before it.`,
        ja: `${serial} はシリアル番号ではありません。10進、または 0x を付けた16進で指定してください。`,
      })
    })
