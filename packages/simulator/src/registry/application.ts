/** One registered row and what became of it. */
import type { Category, Kind } from '../applications/kinds.js'
import { cellsOf, type Cells } from '../applications/layouts.js'
import type { CertificateIssued, RegisteredRow, Uploaded } from './events.js'

/** Values of the report's status column; the number of the first is not public. */
export type Status = 'in-work' | 'waiting-for-download' | 'issued' | 'replaced' | 'revoked'

interface Revocation {
  applicationId: string
  acceptedAt: number
  completedAt?: number
  reason: string
  comment: string
  mail: string
}

export interface Application extends RegisteredRow {
  uploadId: string
  organisationId: string
  kind: Kind
  category: Category
  acceptedAt: number
  /** Of a certificate: its state. Of another row: whether it has been carried out. */
  status: Status
  completedAt?: number
  isReleased: boolean
  issued?: CertificateIssued
  revocation?: Revocation
  acmeAccountId?: string
}

export const newApplication = (upload: Uploaded, row: RegisteredRow, category: Category): Application => ({
  ...row,
  uploadId: upload.uploadId,
  organisationId: upload.organisationId,
  kind: upload.kind,
  category,
  acceptedAt: upload.at,
  status: 'in-work',
  isReleased: false,
})

/** A report names every application each time: they are read once. */
const known = new WeakMap<readonly string[], Cells>()

export function cellsOfApplication({ kind, fields }: Application): Cells {
  const cells = known.get(fields) ?? cellsOf(kind, fields)
  known.set(fields, cells)
  return cells
}
