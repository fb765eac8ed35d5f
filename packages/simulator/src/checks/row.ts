/** All checks of a row, kind by kind. */
import { isProfileOf } from '../applications/profiles.js'
import type { Kind } from '../applications/kinds.js'
import { nothingTaken } from './claims.js'
import { checkColumns } from './columns.js'
import { RowContext, type Check, type History } from './context.js'
import type { Fault } from './errors.js'
import { dnsNamesFit, fqdnFits, noNameTwice } from './names.js'
import { downloadFits, mailIsSubject } from './person.js'
import { requestFits } from './request.js'
import { subjectIsRegistered, subjectIsWellFormed } from './subject.js'
import { accountIsKnown, reasonIsKnown, targetIsKnown } from './target.js'
import type { Organisation } from '../organisations/organisation.js'

const profileIsKnown: Check = (row) =>
  row.when(!isProfileOf(row.category, row.cells.profileId), 'profileId', 'profile')

const server = [subjectIsRegistered, profileIsKnown, requestFits, fqdnFits, dnsNamesFit]
const client = [subjectIsRegistered, profileIsKnown, downloadFits]
const smime = [...client, mailIsSubject]
const account = [subjectIsRegistered, profileIsKnown, fqdnFits, dnsNamesFit, noNameTwice]
const revoke = [subjectIsWellFormed, reasonIsKnown, targetIsKnown, nothingTaken]

const checksByKind: Record<Kind, readonly Check[]> = {
  'server-issue': [...server, nothingTaken],
  'server-renew': [...server, targetIsKnown],
  'server-revoke': revoke,
  'client-issue': [...client, nothingTaken],
  'client-renew': [...client, targetIsKnown, nothingTaken],
  'client-revoke': revoke,
  'smime-issue': [...smime, nothingTaken],
  'smime-renew': [...smime, targetIsKnown, nothingTaken],
  'smime-revoke': revoke,
  'acme-create': [...account, nothingTaken],
  'acme-renew': [...account, accountIsKnown],
  'acme-suspend': [subjectIsWellFormed, reasonIsKnown, accountIsKnown],
  'acme-revoke': revoke,
}

/** Faults of the row's cells; only where there are none, faults of their meaning together. */
export function checkRow(
  kind: Kind,
  fields: readonly string[],
  organisation: Organisation,
  history: History,
): Fault[] {
  const cellFaults = checkColumns(kind, fields)
  if (cellFaults.length > 0) return cellFaults
  const row = new RowContext(kind, fields, organisation, history)
  return checksByKind[kind].flatMap((check) => check(row))
}
