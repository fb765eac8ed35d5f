/** Reasons of a revocation. Source: docs/upki-tsv.md, "Columns 5 and 6: revocation". */
import type { Bilingual } from '../i18n/language.js'

export const reasons: Readonly<Record<string, Bilingual>> = {
  '0': { ja: '未定義', en: 'unspecified' },
  '1': { ja: '鍵の危殆化', en: 'key compromise' },
  '3': { ja: '記載内容の変更', en: 'affiliation changed' },
  '4': { ja: '証明書の取り替え', en: 'superseded' },
  '5': { ja: '利用の終了', en: 'cessation of operation' },
}

export const reasonOptions = Object.entries(reasons).map(([value, name]) => ({
  value,
  label: { ja: `${value}: ${name.ja}`, en: `${value}: ${name.en}` },
}))
