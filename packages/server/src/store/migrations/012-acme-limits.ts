import { type Kysely, sql } from 'kysely'

const statements = [
  // The newest orders of an organisation: how many there were lately.
  `create index acme_orders_by_organisation on acme_orders (organisation, id desc)`,
  // As rate-limiter-flexible has it, which counts here when there is no Redis.
  `create table rate_limits (key varchar(255) primary key, points integer not null default 0, expire bigint)`,
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}
