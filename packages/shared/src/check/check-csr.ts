/** Checks the CSR, alone and against subject DN and profile. Source: docs/upki-tsv.md, column 7. */
import { CsrError, isOneLineBase64, toOneLineBase64 } from '../csr/index.js'
import type { Csr } from '../csr/index.js'
import { DnError, attributeOf, compareDn, isCsrOrder, serverDnOrder } from '../dn/index.js'
import type { Suggestion } from '../problem/finding.js'
import { profileOfKey } from './profiles.js'
import type { Row } from './row.js'

export function checkCsr(row: Row, text: string): void {
  const { csr } = row
  const isPem = /^[\s-]/.test(text)
  if (isPem || (csr instanceof CsrError && csr.fault === 'encoding'))
    return row.find('csrEncoding', 'csr', suggestOneLine(text))
  if (csr instanceof CsrError) return row.find('csrStructure', 'csr', { words: { detail: csr.message } })
  if (!csr) return
  checkKeyAndSignature(row, csr)
  checkSubject(row, csr)
  if (csr.hasChallengePassword) row.find('csrChallengePassword', 'csr')
  if (csr.hasUnstructuredName) row.find('csrUnstructuredName', 'csr')
}

function suggestOneLine(text: string): { suggestion?: Suggestion } {
  const value = toOneLineBase64(text).replace(/\s+/g, '')
  return isOneLineBase64(value) ? { suggestion: { field: 'csr', value, needsConsent: false } } : {}
}

function checkKeyAndSignature(row: Row, csr: Csr): void {
  const { keyType, signatureAlgorithm: algorithm } = csr
  const fitting = profileOfKey(keyType)
  if (fitting === undefined) return row.find('csrKey', 'csr', { words: { keyType } })
  const { profileId: profile } = row.fields
  if (profile !== undefined && profile !== fitting && row.table.profiles.includes(profile))
    row.find('csrKeyProfile', 'profileId', {
      words: { keyType, profile },
      suggestion: { field: 'profileId', value: fitting, needsConsent: false },
    })
  if (csr.hasWeakKey) return row.find('csrKeyWeak', 'csr')
  if (!csr.hasStrongAlgorithm) return row.find('csrAlgorithm', 'csr', { words: { algorithm } })
  if (!csr.signatureValid) row.find('csrSignature', 'csr')
}

function checkSubject(row: Row, csr: Csr): void {
  const { missing, repeated, unexpected } = compareDn(csr.subject, serverDnOrder)
  for (const attribute of missing) row.find('csrSubjectMissing', 'csr', { words: { attribute } })
  for (const attribute of repeated) row.find('csrSubjectRepeated', 'csr', { words: { attribute } })
  for (const attribute of unexpected) row.find('csrSubjectUnexpected', 'csr', { words: { attribute } })
  if (unexpected.length + repeated.length === 0 && !isCsrOrder(csr.subject))
    row.find('csrSubjectOrder', 'csr', { value: csr.subject.map(({ name }) => name).join() })
  if (!csr.hasPrintableCountry) row.find('csrSubjectEncoding', 'csr')
  compareWithDn(row, csr)
}

function compareWithDn(row: Row, csr: Csr): void {
  if (row.dn instanceof DnError) return
  for (const attribute of serverDnOrder) {
    const wanted = attributeOf(row.dn, attribute)
    const found = attributeOf(csr.subject, attribute)
    if (wanted === undefined || found === undefined || wanted === found) continue
    // As a subject of `…, O=…` becomes when it is split at the commas alone.
    const code = found.trim() === wanted ? 'csrSubjectBlank' : 'csrSubjectDiffers'
    row.find(code, 'csr', { value: found, words: { attribute, found, wanted } })
  }
}
