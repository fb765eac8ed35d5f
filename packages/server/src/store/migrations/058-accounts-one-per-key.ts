/** No two accounts with RSA keys of one modulus; the thumbprint tells them apart by the exponent. */
import { type Kysely, sql } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  const statement = 'create unique index acme_accounts_one_per_key on acme_accounts (spki_sha256)'
  await sql.raw(statement).execute(db)
}
