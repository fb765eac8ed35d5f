import type { FieldName } from '../application/application.js'

/** A sentence in both languages of the product. */
export interface Bilingual {
  ja: string
  en: string
}

/** `error`: the service would refuse it. `warning`: it may go wrong. `notice`: something was filled in or decided. */
export type Grade = 'error' | 'warning' | 'notice'

/** A change that a program could make; offered, applied only when asked. */
export interface Suggestion {
  field: FieldName
  value: string
  /** True when the change alters what a person would read, such as 髙 to 高. */
  needsConsent: boolean
}

/** One thing said about one row. The same shape in REST, ACME subproblems, CLI and console. */
export interface Finding {
  /** Code of our own, stable: the key of the catalogue of findings. */
  code: string
  grade: Grade
  /** Row of the input, from 1. */
  row: number
  field?: FieldName
  /** TSV column, from 1. */
  column?: number
  columnName?: Bilingual
  /** Code the service itself would answer with, such as 212, where one is known. */
  upstreamCode?: string
  /** The offending value, cut to at most 80 characters. */
  value?: string
  message: Bilingual
  remedy: Bilingual
  suggestion?: Suggestion
}
