import { type Kysely, sql } from 'kysely'

const statements = [
  `create table tokens (
    id text primary key,
    token_sha256 bytea not null unique,
    name text not null,
    organisation text not null,
    scopes text[] not null,
    created_at timestamptz not null,
    expires_at timestamptz,
    revoked_at timestamptz
  )`,
  `create table idempotency_keys (
    token_id text not null references tokens,
    key text not null,
    request_sha256 text not null,
    status integer not null,
    body jsonb not null,
    created_at timestamptz not null,
    primary key (token_id, key)
  )`,
  `create index idempotency_keys_by_age on idempotency_keys (created_at)`,
  `create table approvals (
    id text primary key,
    organisation text not null,
    subscriber jsonb not null,
    names text[] not null,
    approved_by text not null,
    valid_until timestamptz,
    revoked_at timestamptz,
    created_at timestamptz not null
  )`,
  `create index approvals_by_organisation on approvals (organisation) where revoked_at is null`,
  `create table batches (
    id text primary key,
    organisation text not null,
    issuance_system text not null,
    kind text not null,
    state text not null,
    bytes bytea not null,
    sha256 text not null,
    row_count integer not null check (row_count between 1 and 99),
    submissions integer not null default 0,
    lease_until timestamptz,
    unknown_since timestamptz,
    due_at timestamptz not null,
    last_error text,
    sealed_at timestamptz not null,
    submitted_at timestamptz
  )`,
  `create index batches_live on batches (issuance_system, due_at) where state <> 'done' and state <> 'refused'`,
  // One upload at a time per operator credential, across all processes.
  `create unique index batches_one_upload on batches (issuance_system) where state = 'submitting'`,
  `create table applications (
    id text primary key,
    organisation text not null,
    kind text not null,
    state text not null,
    fields jsonb not null,
    filled jsonb not null,
    findings jsonb not null,
    failure jsonb,
    common_name text,
    csr_sha256 text,
    spki_sha256 text,
    kind_decided boolean not null,
    approval_id text references approvals,
    batch_id text references batches,
    batch_row integer,
    certificate_serial text,
    created_by text not null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    unique (batch_id, batch_row)
  )`,
  // UPKI forbids reuse of a key in every case: two requests at once cannot both pass.
  `create unique index applications_one_per_key on applications (spki_sha256)
    where state not in ('refused', 'rejected', 'failed')`,
  `create index applications_by_key on applications (spki_sha256)`,
  `create index applications_queued on applications (organisation, created_at) where state = 'queued'`,
  `create index applications_in_flight on applications (common_name)
    where state in ('batched', 'submitting', 'submitted', 'unknown', 'held')`,
  `create index applications_live on applications (state, updated_at)
    where state in ('awaiting-approval', 'queued', 'batched', 'submitting', 'submitted', 'unknown', 'held')`,
  `create index applications_by_batch on applications (batch_id)`,
  `create index applications_by_certificate on applications (certificate_serial)`,
  `create index applications_by_csr on applications (csr_sha256)`,
  `create index applications_by_age on applications (organisation, created_at desc, id)`,
  `create table certificates (
    serial text primary key,
    organisation text not null,
    application_id text references applications,
    common_name text not null,
    subject_dn text not null,
    names text[] not null,
    profile_id text,
    spki_sha256 text,
    pem text not null,
    chain_pem text not null,
    status text not null,
    replaces_serial text,
    not_before timestamptz not null,
    not_after timestamptz not null,
    created_at timestamptz not null
  )`,
  `create index certificates_by_name on certificates (organisation, common_name, not_before desc)`,
  `create index certificates_by_key on certificates (spki_sha256)`,
  `create table audit_log (
    seq bigint generated always as identity primary key,
    at timestamptz not null,
    actor text not null,
    action text not null,
    subject text not null,
    detail jsonb not null
  )`,
  `create index audit_log_by_subject on audit_log (subject, seq)`,
  `create function audit_log_is_append_only() returns trigger language plpgsql as $$
    begin raise exception 'audit_log is append-only'; end $$`,
  `create trigger audit_log_append_only before update or delete on audit_log
    for each row execute function audit_log_is_append_only()`,
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}
