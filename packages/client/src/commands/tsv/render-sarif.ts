/** Findings as SARIF 2.1.0, for editors and scanners. */
import { findingCatalogue } from '@upki-gateway/shared/problem'
import type { Finding, FindingSpec } from '@upki-gateway/shared/problem'
import type { Language } from '../../terminal/language.js'
import { version } from '../../version.js'
import type { CheckedInput } from './check-input.js'
import { lineOf } from './render-github.js'

const levels = { error: 'error', warning: 'warning', notice: 'note' }

export function renderSarif(results: readonly CheckedInput[], language: Language): string {
  const used = new Set(results.flatMap(({ findings }) => findings.map(({ code }) => code)))
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: { name: 'upki-client', version, rules: [...used].map((code) => ruleOf(code, language)) },
        },
        columnKind: 'unicodeCodePoints',
        results: results.flatMap((result) =>
          result.findings.map((finding) => resultOf(finding, result, language)),
        ),
      },
    ],
  }
  return JSON.stringify(log, null, 2)
}

function ruleOf(code: string, language: Language) {
  const spec = (findingCatalogue as Record<string, FindingSpec>)[code]
  return {
    id: code,
    shortDescription: { text: general(spec?.message[language] ?? code) },
    help: { text: general(spec?.remedy[language] ?? '') },
  }
}

function resultOf(finding: Finding, { path, format }: CheckedInput, language: Language) {
  const { code, grade, message, remedy, row, column, field, upstreamCode } = finding
  return {
    ruleId: code,
    level: levels[grade],
    message: { text: `${message[language]} ${remedy[language]}` },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: encodeURI(path) },
          region: { startLine: lineOf(finding, format) },
        },
        logicalLocations: [{ name: field ?? `row ${row}`, fullyQualifiedName: `row ${row}/${field ?? ''}` }],
      },
    ],
    properties: { row, ...(column && { column }), ...(upstreamCode && { upstreamCode }) },
  }
}

/** A rule speaks of no case: the words of one stand as dots. */
const general = (sentence: string): string => sentence.replace(/\{\w+\}/g, '…')
