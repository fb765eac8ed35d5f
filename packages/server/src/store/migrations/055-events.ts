/**
 * Events: one row for each step that somebody may want to hear of, written by the database itself in the
 * transaction of the change, so that no way of changing a state can leave it out.
 * Source: docs/decisions/events.md.
 */
import { type Kysely, sql } from 'kysely'

const columns = 'at, organisation, type, application_id, certificate_serial, batch_id, approval_id, data'

/** After each statement, over all rows that it wrote: one insert however many they are. */
const trigger = (table: string, event: 'insert' | 'update', body: string): string[] => {
  const name = `${table}_tell_${event}`
  const before = event === 'update' ? 'old table as before new table as after' : 'new table as after'
  return [
    `create function ${name}() returns trigger language plpgsql as $$
      begin
        insert into events (${columns}) ${body};
        return null;
      end $$`,
    `create trigger ${name} after ${event} on ${table} referencing ${before}
      for each statement execute function ${name}()`,
  ]
}

// The CN of an application is a host name; kinds for persons have none here.
const applicationData = `jsonb_strip_nulls(jsonb_build_object('kind', a.kind, 'state', a.state,
  'commonName', a.common_name, 'code', a.failure->>'upstreamCode'))`

// The CN of a person's certificate is the person's name.
const certificateData = `jsonb_strip_nulls(jsonb_build_object('status', c.status,
  'commonName', case when c.category = 'server' then lower(c.common_name) end, 'notAfter', c.not_after`

const statements = [
  `create table events (
    seq bigserial primary key,
    position bigint unique,
    at timestamptz not null,
    organisation text not null,
    type text not null,
    application_id text,
    certificate_serial text,
    batch_id text,
    approval_id text,
    data jsonb not null
  )`,
  `create index events_unpublished on events (seq) where position is null`,
  `create index events_by_organisation on events (organisation, position)`,
  // Locked by whoever publishes: the last position that was given, and up to where events were deleted.
  `create table event_head (only_row boolean primary key default true check (only_row), top bigint not null, deleted_to bigint not null)`,
  `insert into event_head (top, deleted_to) values (0, 0)`,
  ...trigger(
    'applications',
    'insert',
    `select a.created_at, a.organisation, told.type, a.id, null, null, null, ${applicationData}
      from after a cross join lateral (values
        (1, 'application.received'),
        (2, case a.state when 'awaiting-approval' then 'application.needs-approval' end)) as told (place, type)
      where told.type is not null order by a.id, told.place`,
  ),
  ...trigger(
    'applications',
    'update',
    `select told.* from (
      select a.updated_at, a.organisation,
        case
          when a.state = 'awaiting-approval' then 'application.needs-approval'
          when a.state = 'queued' and b.state = 'awaiting-approval' then 'application.approved'
          when a.state in ('refused', 'rejected', 'failed') then 'application.refused'
          when a.state in ('cancelled', 'submitted', 'held') then 'application.' || a.state
          when a.state = 'issued' then 'certificate.issued'
          when a.state = 'revoked' and a.kind like '%-revoke' then 'application.revoked'
        end as type,
        a.id, a.certificate_serial, a.batch_id, null, ${applicationData}
      from after a join before b on b.id = a.id
      where a.state <> b.state order by a.batch_id, a.batch_row, a.id) as told
      where told.type is not null`,
  ),
  ...trigger(
    'certificates',
    'update',
    `select now(), c.organisation, 'certificate.' || c.status, c.application_id, c.serial, null, null,
        ${certificateData}))
      from after c join before b on b.serial = c.serial
      where c.status <> b.status and c.status <> 'valid' order by c.serial`,
  ),
  ...trigger(
    'batches',
    'insert',
    `select sealed_at, organisation, 'batch.' || state, null, null, id, null,
      jsonb_build_object('kind', kind, 'rows', row_count) from after order by id`,
  ),
  // A file that could not be sent is tried again without a word, and when an upload begins is nobody's concern.
  ...trigger(
    'batches',
    'update',
    `select now(), a.organisation, 'batch.' || a.state, null, null, a.id, null,
        jsonb_strip_nulls(jsonb_build_object('kind', a.kind, 'rows', a.row_count, 'attention', a.attention))
      from after a join before b on b.id = a.id
      where a.state <> b.state and a.state <> 'submitting'
        and not (a.state = 'sealed' and b.state = 'submitting') order by a.id`,
  ),
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}
