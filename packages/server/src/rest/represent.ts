/** Rows of the store as the contract shows them. */
import { toJson } from '@upki-gateway/shared/application'
import type { Application as TsvApplication } from '@upki-gateway/shared/application'
import type { ApplicationRow, CertificateRow } from '../store/tables.js'
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
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  }
}

export function representCertificate(row: CertificateRow): Schemas['Certificate'] {
  return {
    serial: row.serial,
    serialHex: `0x${BigInt(row.serial).toString(16)}`,
    organisation: row.organisation,
    commonName: row.common_name,
    subjectDn: row.subject_dn,
    names: row.names,
    status: row.status,
    notBefore: row.not_before.toISOString(),
    notAfter: row.not_after.toISOString(),
    applicationId: row.application_id,
    replacesSerial: row.replaces_serial,
    pem: row.pem,
    chainPem: row.chain_pem,
  }
}
