/** Rows of the store as the contract shows them. */
import { toJson } from '@upki-gateway/shared/application'
import type { Application as TsvApplication } from '@upki-gateway/shared/application'
import type { CertificateSummary } from '../store/inventory.js'
import type { ApplicationRow, CertificateRow, NewApplicationRow } from '../store/tables.js'
import type { components } from './api-types.js'

type Schemas = components['schemas']

/** `kind` stands beside the fields, so it is left out of them. */
function fieldsOf(application: TsvApplication): Record<string, unknown> {
  const { kind: _, ...fields } = toJson(application)
  return fields
}

export function representApplication(row: ApplicationRow): Schemas['Application'] {
  return {
    id: row.id,
    organisation: row.organisation,
    kind: row.kind,
    state: row.state,
    fields: fieldsOf({ kind: row.kind, fields: row.fields }),
    filled: row.filled,
    findings: row.findings,
    failure: row.failure,
    certificateSerial: row.certificate_serial,
    approvalId: row.approval_id,
    batchId: row.batch_id,
    createdBy: row.created_by,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  }
}

/** Stored rows hold jsonb columns as text while they are inserted. */
export const inserted = (row: NewApplicationRow): ApplicationRow =>
  ({
    failure: null,
    batch_id: null,
    batch_row: null,
    certificate_serial: null,
    seen_at: null,
    ...row,
    fields: JSON.parse(row.fields) as unknown,
    filled: JSON.parse(row.filled) as unknown,
    findings: JSON.parse(row.findings) as unknown,
  }) as ApplicationRow

const timeOf = (date: Date | null): string | null => date?.toISOString() ?? null

export function representSummary(row: CertificateSummary): Schemas['CertificateSummary'] {
  return {
    serial: row.serial,
    serialHex: `0x${BigInt(row.serial).toString(16)}`,
    organisation: row.organisation,
    category: row.category,
    origin: row.origin,
    commonName: row.common_name,
    subjectDn: row.subject_dn,
    issuerDn: row.issuer_dn,
    names: row.names,
    status: row.status,
    notBefore: row.not_before.toISOString(),
    notAfter: row.not_after.toISOString(),
    applicationId: row.application_id,
    replacesSerial: row.replaces_serial,
    revokedAt: timeOf(row.revoked_at),
    revocationReason: row.revocation_reason,
    replacementConfirmedAt: timeOf(row.replacement_confirmed_at),
  }
}

export const representCertificate = (row: CertificateRow): Schemas['Certificate'] => ({
  ...representSummary(row),
  pem: row.pem,
  chainPem: row.chain_pem,
})
