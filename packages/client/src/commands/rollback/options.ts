import type { InstallerOptions } from '../../installers/contract.js'
import { Failure } from '../../terminal/failure.js'
import { printable } from '../../terminal/printable.js'
import type { CommonOptions } from '../command-spec.js'

export interface RollbackOptions extends CommonOptions, InstallerOptions {
  checkpoints: number
  /** The same, as a word. */
  operands?: string
  force?: boolean
}

/** @throws Failure (usage) */
export function parseCount(text: string): number {
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text)
  throw new Failure('usage', {
    en: `${printable(text, 40)} is not a number of changes from 1 to 9999.`,
    ja: `${printable(text, 40)} は 1 から 9999 までの変更数ではありません。`,
  })
}
