/** The check of a whole upload: which rows would be registered, and what is wrong with the others. */
import type { Kind } from '../applications/kinds.js'
import type { Organisation } from '../organisations/organisation.js'
import { claimsOf } from './claims.js'
import type { History } from './context.js'
import { fileFault, type Fault } from './errors.js'
import { isFault, readRows, type UploadedFile } from './file.js'
import { checkRow } from './row.js'

export interface CheckedRow {
  /** SEQ: place in the file, from 1. */
  seq: number
  fields: readonly string[]
  faults: readonly Fault[]
}

/** The organisation's records and the claims of the rows accepted so far in this file. */
function historyWith(history: History, claims: ReadonlySet<string>): History {
  return {
    isClaimed: (claim) => claims.has(claim) || history.isClaimed(claim),
    certificate: (serial) => history.certificate(serial),
  }
}

/** The rows with their faults, or the fault of the file itself. */
export function checkUpload(
  kind: Kind,
  file: UploadedFile | undefined,
  organisation: Organisation,
  history: History,
): readonly CheckedRow[] | Fault {
  if (!organisation.isActive) return fileFault('organisationInactive')
  const rows = readRows(file)
  if (isFault(rows)) return rows
  const claims = new Set<string>()
  const known = historyWith(history, claims)
  return rows.map((fields, index) => {
    const faults = checkRow(kind, fields, organisation, known)
    if (faults.length === 0) for (const claim of claimsOf(kind, fields)) claims.add(claim)
    return { seq: index + 1, fields, faults }
  })
}
