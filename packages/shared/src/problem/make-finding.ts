/** Makes findings from the catalogue: fills the sentences, adds the column, cuts the value. */
import { findingCatalogue } from './finding-catalogue.js'
import type { FindingCode, FindingSpec } from './finding-catalogue.js'
import type { Bilingual, Finding, Suggestion } from './finding.js'
import type { FieldName } from '../application/application.js'

/** Words for the braces of a message. */
export type FindingWords = Record<string, string | number | Bilingual>

export interface FindingPlace {
  row: number
  field?: FieldName
  /** The column of the field in the kind's table. */
  column?: { number: number; name: Bilingual }
  value?: string | undefined
  words?: FindingWords
  suggestion?: Suggestion | undefined
}

/** Longest value that is shown, in characters. */
const shownLength = 80

export function makeFinding(code: FindingCode, place: FindingPlace): Finding {
  const { row, field, column, value, suggestion } = place
  const spec: FindingSpec = findingCatalogue[code]
  const words: FindingWords = { column: column?.name ?? field ?? '', ...place.words }
  return {
    code,
    grade: spec.grade,
    row,
    ...(field && { field }),
    ...(column && { column: column.number, columnName: column.name }),
    ...(spec.upstreamCode && { upstreamCode: spec.upstreamCode }),
    ...(value !== undefined && { value: cut(value) }),
    message: fill(spec.message, words),
    remedy: fill(spec.remedy, words),
    ...(suggestion && { suggestion }),
  }
}

function cut(value: string): string {
  // Twice the length in UTF-16 always holds enough whole characters.
  const characters = Array.from(value.slice(0, shownLength * 2 + 2))
  return characters.length > shownLength ? `${characters.slice(0, shownLength - 1).join('')}…` : value
}

const fill = (sentence: Bilingual, words: FindingWords): Bilingual => ({
  ja: fillOne(sentence.ja, 'ja', words),
  en: fillOne(sentence.en, 'en', words),
})

const fillOne = (template: string, language: keyof Bilingual, words: FindingWords): string =>
  template.replace(/\{(\w+)\}/g, (_, name: string) => {
    const word = words[name] ?? ''
    return typeof word === 'object' ? word[language] : cut(String(word))
  })

/** True when the service would refuse: warnings and notices alone do not stop an application. */
export const hasErrors = (findings: readonly Finding[]): boolean =>
  findings.some(({ grade }) => grade === 'error')
