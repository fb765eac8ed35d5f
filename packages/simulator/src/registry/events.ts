/** What the journal records. Everything else the registry knows follows from these. */
import type { Kind } from '../applications/kinds.js'

export interface RegisteredRow {
  applicationId: string
  seq: number
  fields: readonly string[]
}

/** Times are milliseconds since 1970. An upload is one event, so it is registered whole or not at all. */
export interface Uploaded {
  type: 'uploaded'
  at: number
  uploadId: string
  organisationId: string
  kind: Kind
  rows: readonly RegisteredRow[]
}

export interface CertificateIssued {
  type: 'issued'
  at: number
  applicationId: string
  /** Decimal. */
  serial: string
  /** Base64 of the DER. */
  certificate: string
  notBefore: number
  notAfter: number
  /** Of the P12 file of a certificate for a person. */
  accessPin?: string
}

/** A row that ends without a certificate of its own: a revocation, or an ACME account made or changed. */
export interface Completed {
  type: 'completed'
  at: number
  applicationId: string
  acmeAccountId?: string
}

/** The phishing hold was lifted by a person. */
export interface Released {
  type: 'released'
  at: number
  applicationId: string
}

export type RegistryEvent = Uploaded | CertificateIssued | Completed | Released
