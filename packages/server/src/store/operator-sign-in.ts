/** Which operator a sign-in is for; disabled ones are not found. */
import type { Database, Transaction } from './database.js'
import type { OperatorRow } from './tables.js'

type Found = Promise<OperatorRow | undefined>

const active = (db: Database | Transaction) =>
  db.selectFrom('operators').selectAll().where('disabled_at', 'is', null)

export const findOperatorByCertificate = (db: Database | Transaction, sha256: string): Found =>
  active(db).where('certificate_sha256', '=', sha256).executeTakeFirst()

export const findOperatorBySubject = (
  db: Database | Transaction,
  { issuer, subject }: { issuer: string; subject: string },
): Found =>
  active(db).where('oidc_issuer', '=', issuer).where('oidc_subject', '=', subject).executeTakeFirst()

/** An address that leads to more than one operator, in several organisations, leads to none. */
export async function findOperatorByEmail(db: Database | Transaction, email: string): Found {
  const rows = await active(db)
    .where((eb) => eb(eb.fn('lower', ['email']), '=', email.toLowerCase()))
    .limit(2)
    .execute()
  return rows.length === 1 ? rows[0] : undefined
}

export const findFirstAdministrator = (db: Database | Transaction): Found =>
  active(db)
    .where('role', '=', 'administrator')
    .orderBy('created_at')
    .orderBy('id')
    .limit(1)
    .executeTakeFirst()
