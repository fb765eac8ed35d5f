/**
 * Checks the subject DN of a certificate or account that is to end: as it was issued, so an old one may
 * hold OU or `L=Academe`, and only its form is judged. Source: docs/upki-tsv.md, "Column 1: Subject DN".
 */
import { attributeOf, compareDn } from '../dn/index.js'
import type { AttributeName, DnAttribute } from '../dn/index.js'
import { checkPersonValue, suggestOrdered } from './dn-values.js'
import type { Row } from './row.js'

const order: readonly AttributeName[] = ['CN', 'OU', 'O', 'L', 'ST', 'C']

export function checkIssuedDn(row: Row, dn: readonly DnAttribute[], text: string): void {
  const { missing, repeated, unexpected, outOfOrder } = compareDn(dn, order)
  // Since 2023-08-30 an S/MIME certificate shows nothing but its CN.
  const needed = row.family === 'smime' ? ['CN'] : ['CN', 'O', 'C']
  for (const attribute of missing.filter((name) => needed.includes(name)))
    row.find('dnMissing', 'subjectDn', { words: { attribute } })
  for (const attribute of repeated.filter((name) => name !== 'OU'))
    row.find('dnRepeated', 'subjectDn', { words: { attribute } })
  for (const attribute of unexpected) row.find('dnUnexpected', 'subjectDn', { words: { attribute } })
  if (outOfOrder) row.find('dnOrderPerson', 'subjectDn', suggestOrdered(text))
  for (const attribute of dn)
    if ((order as readonly string[]).includes(attribute.name)) checkPersonValue(row, attribute)
  const country = attributeOf(dn, 'C')
  if (country !== undefined && country !== 'JP') row.find('dnCountry', 'subjectDn', { value: country })
  checkAcme(row, dn)
}

/** Source: docs/upki-tsv.md, "ACME kinds": L or ST is enough; OU only where the certificate may be older. */
function checkAcme(row: Row, dn: readonly DnAttribute[]): void {
  if (row.family !== 'acme') return
  const has = (name: AttributeName): boolean => attributeOf(dn, name) !== undefined
  if (!has('L') && !has('ST')) row.find('dnNoPlace', 'subjectDn')
  if (has('OU') && row.kind === 'acme-suspend') row.find('dnOuAcme', 'subjectDn')
}
