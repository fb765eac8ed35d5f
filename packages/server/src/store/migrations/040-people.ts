import { type Kysely, sql } from 'kysely'

const statements = [
  `create table departments (
    id text primary key,
    organisation text not null,
    name text not null,
    names text[] not null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    unique (organisation, name)
  )`,
  `create table operators (
    id text primary key,
    organisation text not null,
    display_name text not null,
    email text,
    role text not null check (role in ('administrator', 'operator', 'approver', 'auditor', 'portal')),
    department_id text references departments,
    certificate_sha256 text,
    oidc_issuer text,
    oidc_subject text,
    disabled_at timestamptz,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    check ((oidc_issuer is null) = (oidc_subject is null)),
    check (role <> 'approver' or department_id is not null)
  )`,
  `create index operators_by_organisation on operators (organisation, id desc)`,
  // One person signs in as one operator: a certificate or a subject that leads to two is refused when it is entered.
  `create unique index operators_one_per_certificate on operators (certificate_sha256)`,
  `create unique index operators_one_per_subject on operators (oidc_issuer, oidc_subject)`,
  `create unique index operators_one_per_email on operators (organisation, lower(email)) where disabled_at is null`,
  `alter table tokens add column operator_id text references operators`,
  `alter table tokens add column created_by text`,
  `create index tokens_by_organisation on tokens (organisation, id desc)`,
  // The token that the first start made before there were operators gets one; ids may be shared between the two.
  `insert into operators (id, organisation, display_name, role, created_at, updated_at)
    select id, organisation, name, 'administrator', created_at, created_at from tokens where name = 'first operator'`,
  `update tokens set operator_id = id, scopes = '{*}' where name = 'first operator'`,
  // An answer is kept for whoever asked, and that is not always a token.
  `alter table idempotency_keys drop constraint idempotency_keys_token_id_fkey`,
  `alter table idempotency_keys rename column token_id to actor`,
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}
