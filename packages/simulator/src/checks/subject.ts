/** Checks of the subject DN: its form by kind, and its values against those registered. */
import type { Attribute } from '../ca/names.js'
import type { Kind } from '../applications/kinds.js'
import { parseSubjectDn, valueOf } from '../applications/subject-dn.js'
import type { Organisation } from '../organisations/organisation.js'
import type { Check } from './context.js'
import { columnFault, type ErrorName } from './errors.js'

const full = /^CN,O,L,ST,C$/
/** L or ST alone is enough; OU may repeat. */
const withUnits = /^CN,(?:OU,)*O,(?:L,ST|L|ST),C$/
const withUnitsOrShort = /^CN(?:,(?:OU,)*O,(?:L,ST|L|ST),C)?$/
const withoutUnits = /^CN,O,(?:L,ST|L|ST),C$/

/** Attribute types in order. A revocation names the certificate as issued, which may be an old one. */
const forms: Record<Kind, RegExp> = {
  'server-issue': full,
  'server-renew': full,
  'server-revoke': withUnits,
  'client-issue': withUnits,
  'client-renew': withUnits,
  'client-revoke': withUnits,
  'smime-issue': withUnitsOrShort,
  'smime-renew': withUnitsOrShort,
  'smime-revoke': withUnitsOrShort,
  'acme-create': full,
  'acme-renew': full,
  'acme-suspend': withoutUnits,
  'acme-revoke': withUnits,
}

const commonCharacters = /^[A-Za-z0-9 '(),\-./:=@_]+$/
const otherCharacters = /^[A-Za-z0-9 '(),\-./:=]+$/

const isJapan = ([type, value]: Attribute) => type !== 'C' || value === 'JP'

const hasKnownCharacters = ([type, value]: Attribute) =>
  (type === 'CN' ? commonCharacters : otherCharacters).test(value) && value.length <= 64

/** Column 1 is `CN=…,O=…,L=…,ST=…,C=JP` in that order, without blanks around the values. */
export const subjectIsWellFormed: Check = ({ kind, cells }) => {
  if (cells.subjectDn === '') return []
  const attributes = parseSubjectDn(cells.subjectDn)
  if (!attributes?.every(hasKnownCharacters)) return [columnFault(kind, 'subjectDn', 'dnForm')]
  if (!attributes.every(isJapan)) return [columnFault(kind, 'subjectDn', 'dnForm')]
  const order = attributes.map(([type]) => type).join(',')
  if (forms[kind].test(order)) return []
  // OU left server certificates in July 2022; the service still says why by its old number.
  const isOnlyUnit = forms[kind].test(order.replaceAll(/OU,/g, ''))
  return [columnFault(kind, 'subjectDn', isOnlyUnit ? 'organizationalUnit' : 'dnForm')]
}

const registeredValues: readonly [type: 'O' | 'L' | 'ST', of: (o: Organisation) => string, ErrorName][] = [
  ['O', (organisation) => organisation.organizationName, 'organizationDiffers'],
  ['L', (organisation) => organisation.locality, 'localityDiffers'],
  ['ST', (organisation) => organisation.stateOrProvince, 'stateDiffers'],
]

/** The values are the organisation's, letter for letter, where the DN has them. */
const differences: Check = ({ kind, cells, organisation }) => {
  const attributes = parseSubjectDn(cells.subjectDn) ?? []
  return registeredValues
    .filter(
      ([type, registered]) =>
        (valueOf(attributes, type) ?? registered(organisation)) !== registered(organisation),
    )
    .map(([, , error]) => columnFault(kind, 'subjectDn', error))
}

/** Values are compared only in a DN that reads as it should: a wrong split makes nonsense of them. */
export const subjectIsRegistered: Check = (row) => {
  const faults = subjectIsWellFormed(row)
  return faults.length > 0 ? faults : differences(row)
}
