/** Checks of the certificate or account that a row acts on, and of the reason it gives. */
import type { Category } from '../applications/kinds.js'
import { parseSerial } from '../applications/serial.js'
import { commonNameOf } from '../applications/subject-dn.js'
import { accountClaim } from './claims.js'
import type { Check, KnownCertificate, RowContext } from './context.js'
import { columnFault } from './errors.js'

/** A server certificate is the same by CN alone; one for a person by the whole DN. */
function isSameSubject(certificate: KnownCertificate, { cells }: RowContext): boolean {
  return certificate.category === 'server'
    ? commonNameOf(certificate.subjectDn) === commonNameOf(cells.subjectDn)
    : certificate.subjectDn === cells.subjectDn
}

/** acme-revoke names a server certificate. */
const targetCategory = (category: Category) => (category === 'acme' ? 'server' : category)

/** Column 4 names a certificate of this organisation with this subject; its state does not matter. */
export const targetIsKnown: Check = (row) => {
  const serial = parseSerial(row.cells.serial)
  if (serial === undefined) return [columnFault(row.kind, 'serial', 'serialForm')]
  const certificate = row.history.certificate(serial)
  const isKnown = certificate?.category === targetCategory(row.category) && isSameSubject(certificate, row)
  return row.when(!isKnown, 'serial', 'targetUnknown')
}

/** unspecified, keyCompromise, affiliationChanged, superseded, cessationOfOperation. */
const reasons = ['0', '1', '3', '4', '5']

export const reasonIsKnown: Check = (row) =>
  row.when(!reasons.includes(row.cells.reason), 'reason', 'reasonUnknown')

export const accountIsKnown: Check = (row) =>
  row.when(!row.history.isClaimed(accountClaim(row.cells.third)), 'third', 'accountUnknown')
