/** An application for an EAB credential ends with that, not with a certificate: its event says so. Else as in 055-events. */
import { type Kysely, sql } from 'kysely'

const statement = `create or replace function applications_tell_update() returns trigger language plpgsql as $$
  begin
    insert into events (at, organisation, type, application_id, certificate_serial, batch_id, approval_id, data)
      select told.* from (
        select a.updated_at, a.organisation,
          case
            when a.state = 'awaiting-approval' then 'application.needs-approval'
            when a.state = 'queued' and b.state = 'awaiting-approval' then 'application.approved'
            when a.state in ('refused', 'rejected', 'failed') then 'application.refused'
            when a.state in ('cancelled', 'submitted', 'held') then 'application.' || a.state
            when a.state = 'issued' and a.kind like 'acme-%' then 'eab.issued'
            when a.state = 'issued' then 'certificate.issued'
            when a.state = 'revoked' and a.kind like '%-revoke' then 'application.revoked'
          end as type,
          a.id, a.certificate_serial, a.batch_id, null,
          jsonb_strip_nulls(jsonb_build_object('kind', a.kind, 'state', a.state,
            'commonName', a.common_name, 'code', a.failure->>'upstreamCode'))
        from after a join before b on b.id = a.id
        where a.state <> b.state order by a.batch_id, a.batch_row, a.id) as told
        where told.type is not null;
    return null;
  end $$`

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(statement).execute(db)
}
