import { sql } from 'kysely'
import type { Transaction } from './database.js'

/** Whoever locks the same thing waits until this transaction ends. @param what told apart by its beginning, such as `assemble:` */
export async function lockFor(trx: Transaction, what: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${what}, 0))`.execute(trx)
}
