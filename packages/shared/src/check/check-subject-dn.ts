/** Checks the subject DN. Source: docs/upki-tsv.md, "Column 1: Subject DN". */
import { DnError, compareDn, serverDnOrder } from '../dn/index.js'
import type { DnAttribute, DnFault } from '../dn/index.js'
import type { FindingCode } from '../problem/finding-catalogue.js'
import { checkIssuedDn } from './check-issued-dn.js'
import { checkCommonName } from './check-names.js'
import { checkMailName, checkPersonDn } from './check-person-dn.js'
import {
  checkPersonValue,
  checkRegisteredValues,
  checkValueLength,
  foreignIn,
  suggestOrdered,
} from './dn-values.js'
import type { Row } from './row.js'

const codeOfFault: Record<DnFault, FindingCode> = {
  syntax: 'dnSyntax',
  blank: 'dnBlank',
  letterCase: 'dnLetterCase',
  emptyValue: 'dnEmptyValue',
}

/** Every kind: the syntax. Then by family: what is asked for, or what was issued. */
export function checkSubjectDn(row: Row, text: string): void {
  const { dn, newName } = row
  if (dn instanceof DnError) return row.find(codeOfFault[dn.fault], 'subjectDn', suggestOrdered(text))
  if (newName !== undefined) return checkNameIn(row, newName)
  const before = row.findings.length
  checkWhole(row, dn, text)
  const [first] = dn
  if (row.findings.length === before && first?.name === 'CN')
    row.good.dnTail = { text: text.slice('CN='.length + first.value.length), attributes: dn.slice(1) }
}

function checkWhole(row: Row, dn: readonly DnAttribute[], text: string): void {
  if (row.ends) return checkIssuedDn(row, dn, text)
  if (row.family === 'client' || row.family === 'smime') return checkPersonDn(row, dn, text)
  checkAttributes(row, dn, text)
  for (const attribute of dn)
    if (['O', 'L', 'ST'].includes(attribute.name)) checkAttributeValue(row, attribute)
  checkRegisteredValues(row, dn)
  if (row.commonName !== undefined) checkCommonName(row, row.commonName)
}

/** The CN alone, where the rest is known to be good. */
function checkNameIn(row: Row, value: string): void {
  if (row.ends) return checkPersonValue(row, { name: 'CN', value })
  if (row.family !== 'client' && row.family !== 'smime') return checkCommonName(row, value)
  checkPersonValue(row, { name: 'CN', value })
  if (row.family === 'smime') checkMailName(row, value)
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

function checkAttributeValue(row: Row, { name: attribute, value }: DnAttribute): void {
  const characters = foreignIn(value)
  if (characters !== '') row.find('dnCharacter', 'subjectDn', { value, words: { attribute, characters } })
  checkValueLength(row, { name: attribute, value })
  const word = defaultWords.find((candidate) => value.toLowerCase().includes(candidate.toLowerCase()))
  const isDefault = attribute === 'L' && value.toLowerCase() === 'city' ? value : word
  if (isDefault !== undefined && (attribute === 'L' || attribute === 'O'))
    row.find('dnDefaultValue', 'subjectDn', { value, words: { attribute, word: isDefault } })
}
