/** Checks the subject DN of client and S/MIME certificates. Source: docs/upki-tsv.md, "Column 1: Subject DN". */
import { attributeOf, compareDn } from '../dn/index.js'
import type { AttributeName, DnAttribute } from '../dn/index.js'
import { checkPersonValue, checkRegisteredValues, suggestOrdered } from './dn-values.js'
import { isMailAddress } from './check-values.js'
import type { Row } from './row.js'

const order: readonly AttributeName[] = ['CN', 'OU', 'O', 'L', 'ST', 'C']

export function checkPersonDn(row: Row, dn: readonly DnAttribute[], text: string): void {
  const { missing, repeated, unexpected, outOfOrder } = compareDn(dn, order)
  // Since 2023-08-30 only the CN reaches an S/MIME certificate, so the rest may be left out.
  const optional = row.family === 'smime' ? ['OU', 'O', 'L', 'ST', 'C'] : ['OU', 'L', 'ST']
  for (const attribute of missing.filter((name) => !optional.includes(name)))
    row.find('dnMissing', 'subjectDn', { words: { attribute } })
  if (row.family === 'client') checkPlace(row, missing)
  for (const attribute of repeated.filter((name) => name !== 'OU'))
    row.find('dnRepeated', 'subjectDn', { words: { attribute } })
  for (const attribute of unexpected) row.find('dnUnexpected', 'subjectDn', { words: { attribute } })
  if (outOfOrder) row.find('dnOrderPerson', 'subjectDn', suggestOrdered(text))
  for (const attribute of dn) if (isTaken(attribute)) checkPersonValue(row, attribute)
  checkRegisteredValues(row, dn)
  if (row.family === 'smime') checkMailName(row, attributeOf(dn, 'CN'))
}

/** Whether both are needed is not published; one was enough until 2020 at least. */
function checkPlace(row: Row, missing: readonly AttributeName[]): void {
  const lacking = missing.filter((name) => name === 'L' || name === 'ST')
  if (lacking.length === 2) return row.find('dnNoPlace', 'subjectDn')
  const [attribute] = lacking
  if (attribute) row.find('dnHalfPlace', 'subjectDn', { words: { attribute } })
}

const isTaken = ({ name }: DnAttribute): boolean => (order as readonly string[]).includes(name)

export function checkMailName(row: Row, cn: string | undefined): void {
  if (cn === undefined) return
  if (!isMailAddress(cn)) return row.find('smimeCommonName', 'subjectDn', { value: cn })
  const { userEmail } = row.fields
  if (userEmail === undefined || userEmail === cn) return
  row.find('smimeMailDiffers', 'userEmail', {
    words: { cn },
    suggestion: { field: 'userEmail', value: cn, needsConsent: true },
  })
}
