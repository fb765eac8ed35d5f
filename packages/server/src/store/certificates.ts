/** Certificates we issued or read from a report, and the history of each CN. */
import { sql } from 'kysely'
import type { Database, Transaction } from './database.js'
import type { CertificateRow } from './tables.js'

export const findCertificate = (db: Database, serial: string): Promise<CertificateRow | undefined> =>
  db.selectFrom('certificates').selectAll().where('serial', '=', serial).executeTakeFirst()

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
    .where('common_name', '=', sql<string>`any(${commonNames})`)
    .orderBy('common_name')
    .orderBy('not_before', 'desc')
    .execute()
  return new Map(rows.map((row) => [row.common_name, { serial: row.serial }]))
}

export async function insertCertificate(trx: Transaction, row: CertificateRow): Promise<void> {
  await trx
    .insertInto('certificates')
    .values(row)
    .onConflict((conflict) => conflict.column('serial').doNothing())
    .execute()
}

export async function markReplaced(trx: Transaction, serial: string): Promise<void> {
  await trx
    .updateTable('certificates')
    .set({ status: 'replaced' })
    .where('serial', '=', serial)
    .where('status', '=', 'valid')
    .execute()
}

/** The certificate and the application that it was issued for. */
export async function markRevoked(trx: Transaction, serial: string, now: Date): Promise<void> {
  await trx.updateTable('certificates').set({ status: 'revoked' }).where('serial', '=', serial).execute()
  await trx
    .updateTable('applications')
    .set({ state: 'revoked', updated_at: now })
    .where('certificate_serial', '=', serial)
    .execute()
}
