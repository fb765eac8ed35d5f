/** Certificates we issued or read from a report, and the history of each CN. */
import { type RawBuilder, sql } from 'kysely'
import type { Database, Transaction } from './database.js'
import { insertInto, type RecordColumns } from './records.js'
import type { CertificateCategory, CertificateRow, NewCertificateRow } from './tables.js'

/** What a certificate is known by; of several organisations each has its own under a serial. */
export type CertificateKey = Pick<CertificateRow, 'organisation' | 'serial'>

export const findCertificate = (
  db: Database,
  { organisation, serial }: CertificateKey,
): Promise<CertificateRow | undefined> =>
  db
    .selectFrom('certificates')
    .selectAll()
    .where('serial', '=', serial)
    .where('organisation', '=', organisation)
    .executeTakeFirst()

/**
 * For those who know no organisation: of every organisation what it has under the serial. What was only entered comes last; its
 * issuer may be made up.
 */
export const listBySerial = (db: Database, serial: string): Promise<CertificateRow[]> =>
  db
    .selectFrom('certificates')
    .selectAll()
    .where('serial', '=', serial)
    .orderBy(sql`origin = 'entered'`)
    .orderBy('organisation')
    .execute()

/** What is handed out of a certificate. */
export const findChain = (
  db: Database,
  { organisation, serial }: CertificateKey,
): Promise<Pick<CertificateRow, 'organisation' | 'pem' | 'chain_pem'> | undefined> =>
  db
    .selectFrom('certificates')
    .select(['organisation', 'pem', 'chain_pem'])
    .where('serial', '=', serial)
    .where('organisation', '=', organisation)
    .executeTakeFirst()

/**
 * Newest certificate ever issued for each CN, whatever became of it: that one is
 * named in column 4 of a renewal. Source: docs/upki-tsv.md, "Issue or renew".
 */
export async function findNewestByName(
  db: Database | Transaction,
  organisation: string,
  commonNames: readonly string[],
): Promise<Map<string, { serial: string }>> {
  if (commonNames.length === 0) return new Map()
  const rows = await db
    .selectFrom('certificates')
    .distinctOn('common_name')
    .select(['common_name', 'serial'])
    .where('organisation', '=', organisation)
    .where('category', '=', 'server')
    .where('common_name', '=', sql<string>`any(${commonNames})`)
    .orderBy('common_name')
    .orderBy('not_before', 'desc')
    .execute()
  return new Map(rows.map((row) => [row.common_name, { serial: row.serial }]))
}

const issuedColumns = {
  serial: 'text',
  organisation: 'text',
  application_id: 'text',
  common_name: 'text',
  subject_dn: 'text',
  names: 'text[]',
  profile_id: 'text',
  spki_sha256: 'text',
  pem: 'text',
  chain_pem: 'text',
  status: 'text',
  replaces_serial: 'text',
  not_before: 'timestamptz',
  not_after: 'timestamptz',
  created_at: 'timestamptz',
  category: 'text',
  origin: 'text',
  issuer_dn: 'text',
  subscriber_email: 'text',
} as const satisfies RecordColumns

const keptColumns = ['serial', 'organisation', 'status', 'created_at']
const newFacts = sql.raw(
  Object.keys(issuedColumns)
    .filter((column) => !keptColumns.includes(column))
    .map((column) => `${column} = excluded.${column}`)
    .join(', '),
)
const insertRows = insertInto('certificates', issuedColumns)

/** A certificate that was issued through this gateway. */
export type IssuedCertificate = Pick<NewCertificateRow, Exclude<keyof typeof issuedColumns, 'origin'>>

/**
 * Of the certificates those whose applications are among `applications`; for a statement that does more besides.
 *
 * A certificate that a report told of before is told to be of its application. What somebody entered, or a report that
 * was given told, under its serial and is another certificate gives way to it.
 */
export const insertIssued = (
  certificates: readonly IssuedCertificate[],
  applications: RawBuilder<unknown>,
): RawBuilder<unknown> => sql`${insertRows(certificates.map((row) => ({ ...row, origin: 'issued' })))}
    where application_id in (${applications})
    on conflict (serial, organisation) do update set ${newFacts},
      status = case when certificates.pem = excluded.pem then certificates.status else excluded.status end
    where certificates.application_id is null`

export async function markReplaced(
  trx: Transaction,
  { organisation, serial }: CertificateKey,
  now: Date,
): Promise<void> {
  await trx
    .updateTable('certificates')
    .set({ status: 'replaced' })
    .where('serial', '=', serial)
    .where('organisation', '=', organisation)
    .where('status', '=', 'valid')
    .execute()
  await trx
    .updateTable('applications')
    .set({ state: 'replaced', updated_at: now })
    .where('certificate_serial', '=', serial)
    .where('organisation', '=', organisation)
    .where('state', '=', 'issued')
    .execute()
}

/** The certificate and the application that it was issued for. */
export async function markRevoked(
  trx: Transaction,
  { organisation, serial }: CertificateKey,
  { now, reason }: { now: Date; reason: string | null },
): Promise<void> {
  await trx
    .updateTable('certificates')
    .set({ status: 'revoked', revoked_at: now, revocation_reason: reason })
    .where('serial', '=', serial)
    .where('organisation', '=', organisation)
    .where('status', '<>', 'revoked')
    .execute()
  await trx
    .updateTable('applications')
    .set({ state: 'revoked', updated_at: now })
    .where('certificate_serial', '=', serial)
    .where('organisation', '=', organisation)
    .execute()
}

/** The organisation's, locked: another act on the same certificate waits until this transaction ends. */
export const lockCertificates = (
  trx: Transaction,
  organisation: string,
  serials: readonly string[],
): Promise<CertificateRow[]> =>
  trx
    .selectFrom('certificates')
    .selectAll()
    .where('organisation', '=', organisation)
    .where('serial', '=', sql<string>`any(${serials})`)
    .orderBy('serial')
    .forUpdate()
    .execute()

export type KnownStatus = Pick<CertificateRow, 'origin' | 'status'>

/** Of these serials, the ones that the organisation knows. */
export async function findStatuses(
  trx: Transaction,
  organisation: string,
  serials: readonly string[],
): Promise<Map<string, KnownStatus>> {
  const rows = await trx
    .selectFrom('certificates')
    .select(['serial', 'origin', 'status'])
    .where('serial', '=', sql<string>`any(${serials})`)
    .where('organisation', '=', organisation)
    .execute()
  return new Map(rows.map(({ serial, ...known }) => [serial, known]))
}

export type ReportedCertificate = Pick<CertificateRow, 'pem' | 'status' | 'revocation_reason'>

/** Of these keys those with a certificate that a report told of, and that is of no application. */
export async function listReportedByKey(
  trx: Transaction,
  organisation: string,
  keys: readonly string[],
): Promise<Map<string, ReportedCertificate>> {
  const rows = await trx
    .selectFrom('certificates')
    .select(['spki_sha256', 'pem', 'status', 'revocation_reason'])
    .where('spki_sha256', '=', sql<string>`any(${keys})`)
    .where('organisation', '=', organisation)
    .where('origin', '=', 'report')
    .where('application_id', 'is', null)
    .execute()
  return new Map(rows.map(({ spki_sha256: key, ...certificate }) => [key ?? '', certificate]))
}

/** @returns how many were not known yet */
export async function insertCertificates(
  trx: Transaction,
  rows: readonly NewCertificateRow[],
): Promise<number> {
  if (rows.length === 0) return 0
  const inserted = await trx
    .insertInto('certificates')
    .values(rows)
    .onConflict((conflict) => conflict.columns(['serial', 'organisation']).doNothing())
    .returning('serial')
    .execute()
  return inserted.length
}

/**
 * Takes away what somebody entered, where a report has another certificate under its serial.
 * @param reported what the report has
 * @returns the serials
 */
export async function deleteMistaken(
  trx: Transaction,
  reported: readonly Pick<NewCertificateRow, 'serial' | 'organisation' | 'pem'>[],
): Promise<string[]> {
  const texts = (member: 'serial' | 'organisation' | 'pem') => reported.map((row) => row[member])
  const mistaken = sql`select certificates.serial, certificates.organisation from certificates
    join unnest(${texts('serial')}::text[], ${texts('organisation')}::text[], ${texts('pem')}::text[])
      as reported (serial, organisation, pem) using (serial, organisation)
    where certificates.origin = 'entered' and certificates.pem <> reported.pem`
  await sql`delete from certificate_reissues where (serial, organisation) in (${mistaken})`.execute(trx)
  const { rows } = await sql<{
    serial: string
  }>`delete from certificates where (serial, organisation) in (${mistaken}) returning serial`.execute(trx)
  return rows.map(({ serial }) => serial)
}

/** How many certificates that are still good for use the service made for these organisations, as far as is known. */
export async function countMade(
  db: Database,
  {
    organisations,
    category,
    now,
  }: { organisations: readonly string[]; category: CertificateCategory; now: Date },
): Promise<number> {
  const { count } = await db
    .selectFrom('certificates')
    .select((eb) => eb.fn.countAll<string>().as('count'))
    .where('organisation', '=', sql<string>`any(${organisations})`)
    .where('category', '=', category)
    .where('origin', '<>', 'entered')
    .where('not_after', '>', now)
    .executeTakeFirstOrThrow()
  return Number(count)
}
