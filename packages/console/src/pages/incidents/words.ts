import type { Schemas } from '../../api/client.js'
import type { Bilingual } from '../../i18n/language.js'

export const actions: Record<Schemas['Incident']['action'], Bilingual> = {
  reissue: { ja: '早めの再発行を求める', en: 'Ask for early re-issue' },
  revoke: { ja: '失効する', en: 'Revoke' },
}

const names: Record<keyof Schemas['IncidentCriteria'], Bilingual> = {
  serials: { ja: '選んだ証明書のシリアル番号', en: 'Chosen by serial' },
  q: { ja: '名前・DN', en: 'Name or subject' },
  issuer: { ja: '発行認証局', en: 'Issuing CA' },
  category: { ja: '種別', en: 'Category' },
  issuedFrom: { ja: '発行日（以後）', en: 'Issued from' },
  issuedBefore: { ja: '発行日（より前）', en: 'Issued before' },
}

const times: readonly string[] = ['issuedFrom', 'issuedBefore'] satisfies (keyof typeof names)[]

/** Each criterion as a line of text. @param timeOf an instant, as the reader reads it */
export const criteriaIn = (
  criteria: Schemas['IncidentCriteria'],
  timeOf: (at: string) => string,
): Bilingual[] =>
  (Object.entries(criteria) as [keyof typeof names, string | string[]][]).map(([key, value]) => {
    const shown = Array.isArray(value)
      ? { ja: `${value.length}件`, en: String(value.length) }
      : same(times.includes(key) ? timeOf(value) : value)
    return { ja: `${names[key].ja}：${shown.ja}`, en: `${names[key].en}: ${shown.en}` }
  })

const same = (value: string): Bilingual => ({ ja: value, en: value })
