/** What all checks of subject DNs share: lengths, registered values, the suggested order. Source: docs/upki-tsv.md. */
import { DnError, attributeOf, readDnLeniently, renderDn, toTsvOrder } from '../dn/index.js'
import type { DnAttribute } from '../dn/index.js'
import type { Suggestion } from '../problem/finding.js'
import type { FindingCode } from '../problem/finding-catalogue.js'
import { isPrefecture } from './prefectures.js'
import type { Row } from './row.js'

export function suggestOrdered(text: string): { suggestion?: Suggestion } {
  const value = renderDn(toTsvOrder(readDnLeniently(text) ?? []))
  return value === '' || value === text
    ? {}
    : { suggestion: { field: 'subjectDn', value, needsConsent: false } }
}

/** Characters that O, L and ST may not hold. */
const foreign = /[^A-Za-z0-9 '(),\-./:=]/gu

/** Those that the CN of a person may not hold. */
const foreignToNames = /[^A-Za-z0-9 '(),\-./:=@_]/gu

/** The characters of a value that match, each once. */
export function foreignIn(value: string, pattern = foreign): string {
  const found = value.match(pattern)
  return found ? [...new Set(found)].join(' ') : ''
}

/** RFC 5280, ub-organization-name and its like. */
const maxValueLength = 64

export function checkValueLength(row: Row, { name: attribute, value }: DnAttribute): void {
  if (value.length <= maxValueLength) return
  const { length } = Array.from(value)
  if (length > maxValueLength)
    row.find('dnValueTooLong', 'subjectDn', { value, words: { attribute, length } })
}

export function checkRegisteredValues(row: Row, dn: readonly DnAttribute[]): void {
  const country = attributeOf(dn, 'C')
  if (country !== undefined && country !== 'JP') row.find('dnCountry', 'subjectDn', { value: country })
  const { organisation } = row.context
  if (!organisation) return checkPrefecture(row, attributeOf(dn, 'ST'))
  compareValue(row, 'dnOrganisation', attributeOf(dn, 'O'), organisation.organizationName)
  compareValue(row, 'dnLocality', attributeOf(dn, 'L'), organisation.locality)
  compareValue(row, 'dnState', attributeOf(dn, 'ST'), organisation.stateOrProvince)
}

function compareValue(row: Row, code: FindingCode, value: string | undefined, registered: string): void {
  if (value !== undefined && value !== registered)
    row.find(code, 'subjectDn', { value, words: { registered }, ...suggestRegistered(row) })
}

/** The DN with the registered values; a CSR made with others has to be made again. */
function suggestRegistered(row: Row): { suggestion?: Suggestion } {
  const { organisation } = row.context
  if (!organisation || row.dn instanceof DnError) return {}
  const registered = new Map([
    ['O', organisation.organizationName],
    ['L', organisation.locality],
    ['ST', organisation.stateOrProvince],
  ])
  const value = renderDn(
    row.dn.map(({ name, value: given }) => ({ name, value: registered.get(name) ?? given })),
  )
  return { suggestion: { field: 'subjectDn', value, needsConsent: true } }
}

/** Without the registered value, the ST can only be looked at. */
function checkPrefecture(row: Row, state: string | undefined): void {
  if (state !== undefined && !isPrefecture(state))
    row.find('dnStateUnusual', 'subjectDn', { value: state, words: { state } })
}

/** Values of client DNs, and of DNs as they were issued: the CN may hold `@` and `_`. */
export function checkPersonValue(row: Row, { name: attribute, value }: DnAttribute): void {
  const characters = foreignIn(value, attribute === 'CN' ? foreignToNames : foreign)
  if (characters !== '')
    row.find('dnPersonCharacter', 'subjectDn', { value, words: { attribute, characters } })
  checkValueLength(row, { name: attribute, value })
}
