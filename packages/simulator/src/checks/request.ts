/** Checks of the CSR against the row: form, signature, key of the profile, subject of column 1, attributes. */
import { readCsr, type Csr } from '../applications/csr.js'
import { serverProfiles } from '../applications/profiles.js'
import { parseSubjectDn } from '../applications/subject-dn.js'
import type { Check } from './context.js'
import { columnFault, type ErrorName } from './errors.js'

function hasKeyOf(profileId: string, { publicKey }: Csr): boolean {
  const details = publicKey.asymmetricKeyDetails
  if (publicKey.asymmetricKeyType !== serverProfiles[profileId]?.keyType) return false
  return details?.modulusLength === 2048 || details?.namedCurve === 'secp384r1'
}

const listed = (attributes: readonly (readonly [string, string])[]) =>
  attributes.map(([type, value]) => `${type}=${value}`).join('\n')

/** C,ST,L,O,CN or exactly the reverse, each value equal to column 1 letter for letter. */
function hasSubject(subjectDn: string, csr: Csr): boolean {
  const expected = parseSubjectDn(subjectDn) ?? []
  const found = listed(csr.subject)
  return found === listed(expected) || found === listed(expected.toReversed())
}

/** challengePassword and unstructuredName (RFC 2985 §5.4): what OpenSSL asks for and nobody needs. */
const unwantedAttributes = ['1.2.840.113549.1.9.7', '1.2.840.113549.1.9.2']

const hasUnwanted = ({ attributeTypes }: Csr) =>
  attributeTypes.some((type) => unwantedAttributes.includes(type))

function csrError(csr: Csr | undefined, profileId: string, subjectDn: string): ErrorName | undefined {
  if (!csr) return 'csrForm'
  if (!csr.isSignatureValid) return 'csrSignature'
  if (!hasKeyOf(profileId, csr)) return 'csrKey'
  if (!hasSubject(subjectDn, csr)) return 'csrSubject'
  return hasUnwanted(csr) ? 'csrAttribute' : undefined
}

export const requestFits: Check = ({ kind, cells }) => {
  const error = csrError(readCsr(cells.csr), cells.profileId, cells.subjectDn)
  return error ? [columnFault(kind, 'csr', error)] : []
}
