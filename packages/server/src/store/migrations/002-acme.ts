import { type Kysely, sql } from 'kysely'

const statements = [
  `create table eab_credentials (
    kid text primary key,
    organisation text not null,
    approval_id text not null references approvals,
    sealed_key bytea not null,
    reusable boolean not null,
    used_at timestamptz,
    expires_at timestamptz,
    revoked_at timestamptz,
    created_by text not null,
    created_at timestamptz not null
  )`,
  `create index eab_credentials_by_organisation on eab_credentials (organisation, created_at desc)`,
  `create table acme_accounts (
    id text primary key,
    organisation text not null,
    approval_id text references approvals,
    eab_kid text references eab_credentials,
    thumbprint text not null unique,
    spki_sha256 text not null,
    jwk jsonb not null,
    status text not null check (status in ('valid', 'deactivated', 'revoked')),
    contact text[] not null,
    terms_agreed_at timestamptz,
    created_at timestamptz not null,
    updated_at timestamptz not null
  )`,
  `create table acme_authorizations (
    id text primary key,
    account_id text not null references acme_accounts,
    name text not null,
    status text not null,
    basis text not null,
    expires_at timestamptz not null,
    created_at timestamptz not null
  )`,
  // One live authorization for each name of an account; orders share it.
  `create unique index acme_authorizations_live on acme_authorizations (account_id, name)
    where status in ('pending', 'valid')`,
  `create table acme_orders (
    id text primary key,
    account_id text not null references acme_accounts,
    organisation text not null,
    names text[] not null,
    request_key text not null,
    profile text,
    software text not null,
    authorization_ids text[] not null,
    stage text not null check (stage in ('pending', 'ready', 'finalized')),
    is_open boolean not null default true,
    application_id text references applications,
    csr_sha256 text,
    expires_at timestamptz not null,
    created_at timestamptz not null
  )`,
  // newOrder is idempotent: of two at once for the same names, one makes the order, both get it.
  `create unique index acme_orders_one_open on acme_orders (account_id, request_key) where is_open`,
  `create index acme_orders_by_account on acme_orders (account_id, id desc)`,
  `create index acme_orders_by_application on acme_orders (application_id)`,
  // Nonces begin with the time they were made, so old ones are one range at one end.
  `create table acme_used_nonces (nonce bytea primary key)`,
  // Nonces made before this are refused: it only grows, even when the clock is set back.
  `create table acme_nonce_horizon (only_row boolean primary key default true check (only_row), before bytea not null)`,
  `insert into acme_nonce_horizon (before) values (''::bytea)`,
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}
