/** Certificates we issued or read from a report, and the history of each CN. */
import { sql } from 'kysely'
import type { Database, Transaction } from './database.js'
import type { CertificateStatus } from '../issuance/states.js'
import type { CertificateCategory, CertificateRow, NewCertificateRow } from './tables.js'

export const findCertificate = (db: Database, serial: string): Promise<CertificateRow | undefined> =>
  db.selectFrom('certificates').selectAll().where('serial', '=', serial).executeTakeFirst()

/** What is handed out of a certificate. */
export const findChain = (
  db: Database,
  serial: string,
): Promise<Pick<CertificateRow, 'organisation' | 'pem' | 'chain_pem'> | undefined> =>
  db
    .selectFrom('certificates')
    .select(['organisation', 'pem', 'chain_pem'])
    .where('serial', '=', serial)
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

const factsOfIssued = [
  'organisation',
  'application_id',
  'common_name',
  'subject_dn',
  'names',
  'profile_id',
  'spki_sha256',
  'pem',
  'chain_pem',
  'replaces_serial',
  'not_before',
  'not_after',
  'category',
  'origin',
  'issuer_dn',
  'subscriber_email',
] as const satisfies (keyof CertificateRow)[]

/**
 * A certificate that a report told of before is told to be of its application. What somebody entered, or a report that
 * was given told, under its serial and is another certificate gives way to it.
 */
export async function insertIssued(trx: Transaction, rows: readonly NewCertificateRow[]): Promise<void> {
  if (rows.length === 0) return
  await trx
    .insertInto('certificates')
    .values(rows)
    .onConflict((conflict) =>
      conflict
        .column('serial')
        .doUpdateSet((eb) => ({
          ...Object.fromEntries(factsOfIssued.map((column) => [column, eb.ref(`excluded.${column}`)])),
          status: sql<CertificateStatus>`case when certificates.pem = excluded.pem
            then certificates.status else excluded.status end`,
        }))
        .where('certificates.application_id', 'is', null),
    )
    .execute()
}

export async function markReplaced(trx: Transaction, serial: string, now: Date): Promise<void> {
  await trx
    .updateTable('certificates')
    .set({ status: 'replaced' })
    .where('serial', '=', serial)
    .where('status', '=', 'valid')
    .execute()
  await trx
    .updateTable('applications')
    .set({ state: 'replaced', updated_at: now })
    .where('certificate_serial', '=', serial)
    .where('state', '=', 'issued')
    .execute()
}

/** The certificate and the application that it was issued for. */
export async function markRevoked(
  trx: Transaction,
  serial: string,
  { now, reason }: { now: Date; reason: string | null },
): Promise<void> {
  await trx
    .updateTable('certificates')
    .set({ status: 'revoked', revoked_at: now, revocation_reason: reason })
    .where('serial', '=', serial)
    .where('status', '<>', 'revoked')
    .execute()
  await trx
    .updateTable('applications')
    .set({ state: 'revoked', updated_at: now })
    .where('certificate_serial', '=', serial)
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

export type KnownStatus = Pick<CertificateRow, 'organisation' | 'status'>

/** Of these serials, the ones that are known. */
export async function findStatuses(
  trx: Transaction,
  serials: readonly string[],
): Promise<Map<string, KnownStatus>> {
  const rows = await trx
    .selectFrom('certificates')
    .select(['serial', 'organisation', 'status'])
    .where('serial', '=', sql<string>`any(${serials})`)
    .execute()
  return new Map(rows.map(({ serial, ...status }) => [serial, status]))
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
    .onConflict((conflict) => conflict.column('serial').doNothing())
    .returning('serial')
    .execute()
  return inserted.length
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
