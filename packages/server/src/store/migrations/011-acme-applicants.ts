import { type Kysely, sql } from 'kysely'

const statements = [
  // An account without an EAB credential belongs to no organisation before its first order.
  `alter table acme_accounts alter column organisation drop not null`,
  // Where it was registered from: what an operator sees of who applies.
  `alter table acme_accounts add column address text`,
  // An approval of what one account applied for covers nobody else's applications.
  `alter table approvals add column account_id text references acme_accounts`,
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}
