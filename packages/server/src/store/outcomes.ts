/** What became of applications: their states, their certificates, and what the audit log says, in one statement. */
import { sql } from 'kysely'
import type { ApplicationState } from '../issuance/states.js'
import { type AuditEntry, insertEntries } from './audit.js'
import { insertIssued, type IssuedCertificate } from './certificates.js'
import type { Database, Transaction } from './database.js'

export interface StateChange {
  id: string
  from: ApplicationState
  to: ApplicationState
  /** JSON. */
  failure?: string
  certificateSerial?: string
}

function moveApplications(changes: readonly StateChange[], now: Date) {
  const texts = (member: keyof StateChange) => changes.map((change) => change[member] ?? null)
  return sql`update applications set state = change.next, updated_at = ${now},
      failure = coalesce(change.failure::jsonb, applications.failure),
      certificate_serial = coalesce(change.serial, applications.certificate_serial)
    from unnest(${texts('id')}::text[], ${texts('from')}::text[], ${texts('to')}::text[],
      ${texts('failure')}::text[], ${texts('certificateSerial')}::text[]) as change (id, before, next, failure, serial)
    where applications.id = change.id and applications.state = change.before
    returning applications.id`
}

export interface Outcomes {
  changes: readonly StateChange[]
  /** Each of one of the applications. */
  certificates?: readonly IssuedCertificate[]
  /** Each about one of the applications. */
  entries?: readonly AuditEntry[]
  now: Date
}

const moved = sql`select id from moved`

/** @returns ids of those that were still in the state that they are to leave; of the others nothing is stored */
export async function storeOutcomes(
  db: Database | Transaction,
  { changes, certificates = [], entries = [], now }: Outcomes,
): Promise<Set<string>> {
  const { rows } = await sql<{ id: string }>`with moved as (${moveApplications(changes, now)}),
    issued as (${insertIssued(certificates, moved)}),
    told as (${insertEntries(entries)} where subject in (${moved}))
    select id from moved`.execute(db)
  return new Set(rows.map(({ id }) => id))
}
