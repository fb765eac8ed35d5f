/**
 * Every finding there is: one row per code, in Japanese and English, with what to do.
 *
 * `{column}` is the name of the TSV column; other words in braces are given with the finding. `upstreamCode`
 * is what the service itself answers with, where it is known. Source: docs/upki-tsv.md, "Errors".
 */
import { csrFindings } from './findings-csr.js'
import { dnFindings } from './findings-dn.js'
import { fieldFindings } from './findings-field.js'
import { inputFindings } from './findings-input.js'
import { kindFindings } from './findings-kind.js'
import { nameFindings } from './findings-name.js'
import { rowFindings } from './findings-row.js'
import type { Bilingual, Grade } from './finding.js'

export interface FindingSpec {
  grade: Grade
  upstreamCode?: string
  message: Bilingual
  remedy: Bilingual
}

export const findingCatalogue = {
  ...fieldFindings,
  ...dnFindings,
  ...nameFindings,
  ...csrFindings,
  ...rowFindings,
  ...kindFindings,
  ...inputFindings,
} as const satisfies Record<string, FindingSpec>

export type FindingCode = keyof typeof findingCatalogue
