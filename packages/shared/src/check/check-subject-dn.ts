/** Checks the subject DN. Source: docs/upki-tsv.md, "Subject DN". */
import {
  DnError,
  attributeOf,
  compareDn,
  readDnLeniently,
  renderDn,
  serverDnOrder,
  toTsvOrder,
} from '../dn/index.js'
import type { DnAttribute, DnFault } from '../dn/index.js'
import type { Suggestion } from '../problem/finding.js'
import type { FindingCode } from '../problem/finding-catalogue.js'
import { checkCommonName } from './check-names.js'
import { isPrefecture } from './prefectures.js'
import type { Row } from './row.js'

const codeOfFault: Record<DnFault, FindingCode> = {
  syntax: 'dnSyntax',
  blank: 'dnBlank',
  letterCase: 'dnLetterCase',
  emptyValue: 'dnEmptyValue',
}

/** Every kind: the syntax. Kinds that ask for a server certificate: each attribute. */
export function checkSubjectDn(row: Row, text: string): void {
  const { dn } = row
  if (dn instanceof DnError) return row.find(codeOfFault[dn.fault], 'subjectDn', suggestOrdered(text))
  if (!row.asksForServerCertificate) return
  checkAttributes(row, dn, text)
  for (const attribute of dn)
    if (['O', 'L', 'ST'].includes(attribute.name)) checkAttributeValue(row, attribute)
  checkRegisteredValues(row, dn)
  if (row.commonName !== undefined) checkCommonName(row, row.commonName)
}

function suggestOrdered(text: string): { suggestion?: Suggestion } {
  const value = renderDn(toTsvOrder(readDnLeniently(text) ?? []))
  return value === '' || value === text
    ? {}
    : { suggestion: { field: 'subjectDn', value, needsConsent: false } }
}

function checkAttributes(row: Row, dn: readonly DnAttribute[], text: string): void {
  const { missing, repeated, unexpected, outOfOrder } = compareDn(dn, serverDnOrder)
  for (const attribute of missing) row.find('dnMissing', 'subjectDn', { words: { attribute } })
  for (const attribute of repeated) row.find('dnRepeated', 'subjectDn', { words: { attribute } })
  for (const attribute of unexpected)
    row.find(attribute === 'OU' ? 'dnOu' : 'dnUnexpected', 'subjectDn', { words: { attribute } })
  if (outOfOrder && repeated.length === 0) row.find('dnOrder', 'subjectDn', suggestOrdered(text))
}

/** Values that programs put in by themselves; certificates with them were issued and had to be revoked. */
const defaultWords = ['Academe', 'Default']
const maxValueLength = 64

function checkAttributeValue(row: Row, { name: attribute, value }: DnAttribute): void {
  const characters = [...new Set(value.match(/[^A-Za-z0-9 '(),\-./:=]/gu))].join(' ')
  if (characters !== '') row.find('dnCharacter', 'subjectDn', { value, words: { attribute, characters } })
  const { length } = Array.from(value)
  if (length > maxValueLength)
    row.find('dnValueTooLong', 'subjectDn', { value, words: { attribute, length } })
  const word = defaultWords.find((candidate) => value.toLowerCase().includes(candidate.toLowerCase()))
  const isDefault = attribute === 'L' && value.toLowerCase() === 'city' ? value : word
  if (isDefault !== undefined && (attribute === 'L' || attribute === 'O'))
    row.find('dnDefaultValue', 'subjectDn', { value, words: { attribute, word: isDefault } })
}

function checkRegisteredValues(row: Row, dn: readonly DnAttribute[]): void {
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
    row.find(code, 'subjectDn', { value, words: { registered } })
}

/** Without the registered value, the ST can only be looked at. */
function checkPrefecture(row: Row, state: string | undefined): void {
  if (state !== undefined && !isPrefecture(state))
    row.find('dnStateUnusual', 'subjectDn', { value: state, words: { state } })
}
