import type { ApplicationKind } from './kind.js'

/** Every field that some kind has a column for, named as in JSON and CSV input. */
export const fieldNames = [
  'subjectDn',
  'profileId',
  'downloadType',
  'acmeAccountId',
  'serial',
  'revocationReason',
  'revocationComment',
  'csr',
  'subscriberName',
  'subscriberDepartment',
  'subscriberEmail',
  'fqdn',
  'software',
  'dnsNames',
  'userName',
  'p12FileName',
  'userDepartment',
  'userEmail',
  'accessPin',
] as const

export type FieldName = (typeof fieldNames)[number]

/**
 * The values of one row as its TSV columns hold them: text, absent when empty.
 * `csr` is one line of Base64; `dnsNames` is `dNSName=a,dNSName=b`; `serial` is
 * decimal or 0x-hex and never a number (128 bits do not fit one).
 */
export type ApplicationFields = Partial<Record<FieldName, string>>

/** One TSV row to be. */
export interface Application {
  kind: ApplicationKind
  fields: ApplicationFields
}
