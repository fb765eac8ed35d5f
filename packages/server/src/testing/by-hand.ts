/** The sample organisation with its files carried by hand, and reports as the service writes them. */
import iconv from 'iconv-lite'
import type { Config } from '../config.js'

export const byHand = (config: Config): Config => ({
  ...config,
  issuanceSystems: config.issuanceSystems.map(({ id, chainFiles }) => ({
    ...{ id, chainFiles, adapter: 'handoff' as const },
    ...{ settleSeconds: 0, resubmitAfterProof: false, heldAfterSeconds: 3600, missingAfterSeconds: 21_600 },
  })),
})

const COLUMNS = 46

/** serverAll.tsv with these cells, by the number of their column, from 1. */
export function makeReport(...rows: Record<number, string>[]): Buffer {
  const headings = Array.from({ length: COLUMNS }, (_, index) => `項目${index + 1}`)
  const lines = rows.map((cells) => Array.from({ length: COLUMNS }, (_, index) => cells[index + 1] ?? ''))
  return iconv.encode([headings, ...lines].map((cells) => `${cells.join('\t')}\r\n`).join(''), 'cp932')
}
