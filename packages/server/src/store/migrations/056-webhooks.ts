/** Webhooks, and what each of them is to be told. */
import { type Kysely, sql } from 'kysely'

const statements = [
  `create table webhooks (
    id text primary key,
    organisation text not null,
    url text not null,
    description text,
    types text[] not null,
    secret bytea not null,
    created_by text not null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    disabled_at timestamptz,
    disabled_because text check (disabled_because in ('operator', 'failing', 'gone')),
    failures int not null default 0,
    failing_since timestamptz,
    paused_until timestamptz
  )`,
  `create index webhooks_by_organisation on webhooks (organisation, id desc)`,
  `create table webhook_deliveries (
    webhook_id text not null references webhooks on delete cascade,
    position bigint not null references events (position) on delete cascade,
    order_key text not null,
    state text not null default 'pending' check (state in ('pending', 'delivered', 'failed')),
    attempts int not null default 0,
    since timestamptz not null,
    due_at timestamptz not null,
    ended_at timestamptz,
    last_status int,
    last_error text,
    primary key (webhook_id, position)
  )`,
  `create index webhook_deliveries_due on webhook_deliveries (webhook_id, due_at) where state = 'pending'`,
  // Whether an earlier one of the same application is still to be told.
  `create index webhook_deliveries_in_order on webhook_deliveries (webhook_id, order_key, position) where state = 'pending'`,
  // Events are deleted by age.
  `create index webhook_deliveries_by_event on webhook_deliveries (position)`,
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}
