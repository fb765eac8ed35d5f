/** The binding of an account as it was sent: account objects show it (RFC 8555 §7.3.4). */
import { type Kysely, sql } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  const statement = `create table acme_bindings (
    account_id text primary key references acme_accounts,
    binding jsonb not null)`
  await sql.raw(statement).execute(db)
}
