/**
 * Claims: what an accepted row takes for good, so that a later one cannot.
 *
 * A server CN once applied for stays taken whether its certificate is valid, expired or
 * revoked: the next application is a renewal. For persons the whole DN counts.
 */
import type { Kind } from '../applications/kinds.js'
import { cellsOf, type Cells, type ColumnId } from '../applications/layouts.js'
import { parseSerial } from '../applications/serial.js'
import { commonNameOf } from '../applications/subject-dn.js'
import type { Check } from './context.js'
import { columnFault, type ErrorName } from './errors.js'

interface Claim {
  key: string
  column: ColumnId
  error: ErrorName
}

const subject = (key: string): Claim => ({ key, column: 'subjectDn', error: 'dnTaken' })
const p12File = (cells: Cells): Claim[] =>
  cells.p12FileName === ''
    ? []
    : [{ key: `p12 ${cells.p12FileName}`, column: 'p12FileName', error: 'p12FileTaken' }]
const revocation = (cells: Cells): Claim[] => [
  { key: `revoked ${parseSerial(cells.serial) ?? ''}`, column: 'serial', error: 'alreadyRevoked' },
]
const personal = (cells: Cells): Claim[] => [subject(`person ${cells.subjectDn}`), ...p12File(cells)]

const claimsByKind: Record<Kind, (cells: Cells) => Claim[]> = {
  'server-issue': (cells) => [subject(`server ${commonNameOf(cells.subjectDn)}`)],
  'server-renew': () => [],
  'server-revoke': revocation,
  'client-issue': personal,
  'client-renew': p12File,
  'client-revoke': revocation,
  'smime-issue': personal,
  'smime-renew': p12File,
  'smime-revoke': revocation,
  'acme-create': (cells) => [subject(`acme ${commonNameOf(cells.subjectDn)}`)],
  'acme-renew': () => [],
  'acme-suspend': () => [],
  'acme-revoke': revocation,
}

export const claimsOf = (kind: Kind, fields: readonly string[]): string[] =>
  claimsByKind[kind](cellsOf(kind, fields)).map(({ key }) => key)

/** The existence of an ACME account is a claim too, though no row makes it by itself. */
export const accountClaim = (accountId: string) => `account ${accountId}`

export const nothingTaken: Check = ({ kind, cells, history }) =>
  claimsByKind[kind](cells)
    .filter(({ key }) => history.isClaimed(key))
    .map(({ column, error }) => columnFault(kind, column, error))
