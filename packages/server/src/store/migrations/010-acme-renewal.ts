import { type Kysely, sql } from 'kysely'

const statements = [
  // RFC 9773 §5: what newOrder named, as it came, and the certificate that it is, when that is the account's.
  `alter table acme_orders add column replaces text, add column replaces_serial text`,
  `create index acme_orders_by_replaced on acme_orders (replaces_serial, id desc) where replaces_serial is not null`,
  // Certificates to be replaced before their time: their renewal window is moved forward.
  `create table certificate_reissues (
    serial text primary key references certificates,
    replace_by timestamptz not null,
    explanation_url text,
    marked_by text not null,
    marked_at timestamptz not null
  )`,
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}
