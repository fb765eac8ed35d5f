/**
 * Judges one row alone: everything but history and other rows. This is the part that costs, and it needs
 * nothing but its arguments, so a worker thread can do it.
 */
import type { Application } from '../application/application.js'
import { Csr } from '../csr/index.js'
import { DnError, attributeOf } from '../dn/index.js'
import { decimalOf } from '../identifier/index.js'
import type { Finding } from '../problem/finding.js'
import { takesField } from '../tsv/index.js'
import { checkColumns } from './check-columns.js'
import type { CheckContext } from './context.js'
import { Row } from './row.js'

/** What of the context a row alone is judged by: plain data. */
export type JudgeContext = Pick<
  CheckContext,
  'organisation' | 'profiles' | 'tables' | 'unpublishedKinds' | 'phishingWords'
>

/** What a row is compared with others by; absent where it does not take part. */
export interface RowKeys {
  /** Lower case, with the family before it: an ACME account may exist beside a certificate. */
  commonName?: string
  /** Whole subject DN, of persons. */
  subjectDn?: string
  p12FileName?: string
  /** Tells keys apart; RSA keys of one modulus are one key. */
  keyIdentity?: string
  /** SHA-256 of the SubjectPublicKeyInfo, hex, where that is another one. */
  spkiSha256?: string
  /** Decimal. */
  serial?: string
  /** O, L and ST of a server certificate. */
  place?: readonly (string | undefined)[]
}

export interface Judged {
  findings: Finding[]
  keys: RowKeys
}

/** @param number row, from 1 */
export function judge(application: Application, number: number, context: JudgeContext): Judged {
  const row = new Row(application, number, context)
  return { keys: judgeRow(row), findings: row.findings }
}

/** Adds to the findings of the row. @returns what it is compared with others by */
export function judgeRow(row: Row): RowKeys {
  checkColumns(row)
  return keysOf(row)
}

function keysOf(row: Row): RowKeys {
  const { family, ends, fields } = row
  const keys: RowKeys = {}
  if (row.asksForServerCertificate) {
    const { commonName, csr, dn } = row
    if (commonName) keys.commonName = `${family}:${commonName.toLowerCase()}`
    if (csr instanceof Csr) Object.assign(keys, hashesOf(csr))
    if (!(dn instanceof DnError)) keys.place = placeAttributes.map((name) => attributeOf(dn, name))
  }
  if (fields.subjectDn && !ends && (family === 'client' || family === 'smime'))
    keys.subjectDn = fields.subjectDn
  if (fields.p12FileName) keys.p12FileName = fields.p12FileName.toLowerCase()
  const serial = fields.serial && takesField(row.table, 'serial') ? decimalOf(fields.serial) : undefined
  if (serial !== undefined) keys.serial = serial
  return keys
}

function hashesOf({ keyIdentity, spkiSha256 }: Csr): Pick<RowKeys, 'keyIdentity' | 'spkiSha256'> {
  return spkiSha256 === keyIdentity ? { keyIdentity } : { keyIdentity, spkiSha256 }
}

export const placeAttributes = ['O', 'L', 'ST'] as const
