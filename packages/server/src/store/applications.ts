/** Applications: queries by what the life cycle needs. */
import type { ApplicationKind } from '@upki-gateway/shared/application'
import { sql } from 'kysely'
import { type ApplicationState, inFlightStates } from '../issuance/states.js'
import { lockFor } from './advisory-lock.js'
import { type AuditEntry, insertEntries } from './audit.js'
import type { Database, Transaction } from './database.js'
import { insertInto, type RecordColumns } from './records.js'
import type { ApplicationRow, NewApplicationRow } from './tables.js'
import { together } from './together.js'

// As much text as is well built and sent in one piece: some megabytes.
const ROWS_PER_INSERT = 500

/** An application and the entry that tells of it. */
export interface Accepted {
  row: NewApplicationRow
  entry: AuditEntry
}

/** What comes to be only later. */
type LaterColumn = 'failure' | 'batch_id' | 'batch_row' | 'certificate_serial' | 'seen_at'

const acceptedColumns = {
  id: 'text',
  organisation: 'text',
  kind: 'text',
  state: 'text',
  fields: 'jsonb',
  filled: 'jsonb',
  findings: 'jsonb',
  common_name: 'text',
  csr_sha256: 'text',
  spki_sha256: 'text',
  kind_decided: 'boolean',
  approval_id: 'text',
  priority: 'smallint',
  order_at: 'timestamptz',
  created_by: 'text',
  created_at: 'timestamptz',
  updated_at: 'timestamptz',
  traceparent: 'text',
} as const satisfies Record<Exclude<keyof NewApplicationRow, LaterColumn>, RecordColumns[string]>

const insertApplications = insertInto('applications', acceptedColumns)

const insertSome = (db: Database | Transaction, accepted: readonly Accepted[]): Promise<unknown> => {
  const rows = insertApplications(accepted.map(({ row }) => row))
  const entries = insertEntries(accepted.map(({ entry }) => entry))
  return sql`with stored as (${rows}) ${entries}`.execute(db)
}

async function insertAll(db: Database | Transaction, accepted: readonly Accepted[]): Promise<void> {
  if (accepted.length > ROWS_PER_INSERT && !db.isTransaction)
    return db.transaction().execute((trx) => insertAll(trx, accepted))
  for (let start = 0; start < accepted.length; start += ROWS_PER_INSERT)
    await insertSome(db, accepted.slice(start, start + ROWS_PER_INSERT))
}

/** Stores all or none; what fits into one statement needs no transaction around it. */
export const insertAccepted = together<readonly Accepted[], unknown>(async (db, questions) => {
  await insertAll(db, questions.flat())
  return questions.map(() => undefined)
})

export const findApplication = (db: Database, id: string): Promise<ApplicationRow | undefined> =>
  db.selectFrom('applications').selectAll().where('id', '=', id).executeTakeFirst()

export const lockApplication = (trx: Transaction, id: string): Promise<ApplicationRow> =>
  trx.selectFrom('applications').selectAll().where('id', '=', id).forUpdate().executeTakeFirstOrThrow()

/** Lets one process at a time seal batches of an organisation, so that one CN is never in two. */
export const lockAssembly = (trx: Transaction, organisation: string): Promise<void> =>
  lockFor(trx, `assemble:${organisation}`)

/**
 * Queued applications that may go into a batch now, in the order of the queue, locked for this transaction.
 *
 * One per CN, and none whose CN is under way already: whether it is an issue or
 * a renewal depends on what becomes of the earlier one.
 */
export function lockBatchable(
  trx: Transaction,
  organisation: string,
  limit: number,
): Promise<ApplicationRow[]> {
  return trx
    .selectFrom('applications as candidate')
    .selectAll()
    .where('state', '=', 'queued')
    .where('organisation', '=', organisation)
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('applications as other')
            .select('other.id')
            .whereRef('other.common_name', '=', 'candidate.common_name')
            .whereRef('other.organisation', '=', 'candidate.organisation')
            .where('other.state', 'in', inFlightStates),
        ),
      ),
    )
    .orderBy('order_at')
    .orderBy('id')
    .limit(limit)
    .forUpdate()
    .skipLocked()
    .execute()
}

/**
 * Organisations with queued applications: those with an urgent one first, then whose last file is the longest ago,
 * so that a large one does not keep the others waiting. Steps from one to the next in the index, however many rows of each wait.
 */
export const findQueuedOrganisations = async (db: Database): Promise<string[]> => {
  const { rows } = await sql<{ organisation: string }>`with recursive waiting (organisation) as (
      select min(organisation) from applications where state = 'queued'
      union all
      select (select min(organisation) from applications
        where state = 'queued' and applications.organisation > waiting.organisation)
      from waiting where waiting.organisation is not null)
    select waiting.organisation from waiting
      left join lateral (select sealed_at from batches where batches.organisation = waiting.organisation
        order by id desc limit 1) as last on true
    where waiting.organisation is not null
    order by exists (select 1 from applications
        where state = 'queued' and priority = 2 and applications.organisation = waiting.organisation) desc,
      last.sealed_at asc nulls first, waiting.organisation`.execute(db)
  return rows.map((row) => row.organisation)
}

/** Counts no further than `most`. */
export async function countQueued(trx: Transaction, organisation: string, most: number): Promise<number> {
  const rows = await trx
    .selectFrom('applications')
    .select('id')
    .where('state', '=', 'queued')
    .where('organisation', '=', organisation)
    .limit(most)
    .execute()
  return rows.length
}

export interface SealedRows {
  batchId: string
  kind: ApplicationKind
  /** In the order of the file. */
  rows: readonly Pick<ApplicationRow, 'id' | 'fields' | 'filled'>[]
  now: Date
}

/** Puts rows into their batch as they stand in its file, in one statement. */
export async function sealRows(trx: Transaction, { batchId, kind, rows, now }: SealedRows): Promise<void> {
  const texts = (member: 'fields' | 'filled') => rows.map((row) => JSON.stringify(row[member]))
  await sql`update applications set state = 'batched', batch_id = ${batchId}, batch_row = sealed.place, kind = ${kind},
      fields = sealed.fields::jsonb, filled = sealed.filled::jsonb, updated_at = ${now}
    from unnest(${rows.map(({ id }) => id)}::text[], ${texts('fields')}::text[], ${texts('filled')}::text[])
      with ordinality as sealed (id, fields, filled, place)
    where applications.id = sealed.id`.execute(trx)
}

/** Moves every application of a batch that is in one of the given states. */
export async function moveBatch(
  trx: Transaction,
  batchId: string,
  move: { from: readonly ApplicationState[]; to: ApplicationState; now: Date },
): Promise<void> {
  await trx
    .updateTable('applications')
    .set({ state: move.to, updated_at: move.now })
    .where('batch_id', '=', batchId)
    .where('state', 'in', move.from)
    .execute()
}

export interface StateChange {
  id: string
  from: ApplicationState
  to: ApplicationState
  /** JSON. */
  failure?: string
  certificateSerial?: string
}

/** @returns ids of those that were still in the state that they are to leave */
export async function moveApplications(
  trx: Transaction,
  changes: readonly StateChange[],
  now: Date,
): Promise<Set<string>> {
  const texts = (member: keyof StateChange) => changes.map((change) => change[member] ?? null)
  const { rows } = await sql<{ id: string }>`update applications set state = change.next, updated_at = ${now},
      failure = coalesce(change.failure::jsonb, applications.failure),
      certificate_serial = coalesce(change.serial, applications.certificate_serial)
    from unnest(${texts('id')}::text[], ${texts('from')}::text[], ${texts('to')}::text[],
      ${texts('failure')}::text[], ${texts('certificateSerial')}::text[]) as change (id, before, next, failure, serial)
    where applications.id = change.id and applications.state = change.before
    returning applications.id`.execute(trx)
  return new Set(rows.map(({ id }) => id))
}

/** A report has shown these in work; of one that an operator has queued again meanwhile it says nothing. */
export async function markSeen(db: Database | Transaction, ids: readonly string[], now: Date): Promise<void> {
  if (ids.length === 0) return
  await db
    .updateTable('applications')
    .set({ seen_at: now })
    .where('id', 'in', ids)
    .where('state', 'in', ['submitted', 'held'])
    .execute()
}

/** What matching with a report needs of an application under way. */
export type InFlightRow = Pick<
  ApplicationRow,
  | 'id'
  | 'organisation'
  | 'kind'
  | 'state'
  | 'fields'
  | 'common_name'
  | 'csr_sha256'
  | 'spki_sha256'
  | 'batch_id'
  | 'created_at'
  | 'updated_at'
  | 'traceparent'
>

/** Applications of these batches that have not ended. */
export async function listInFlight(db: Database, batchIds: readonly string[]): Promise<InFlightRow[]> {
  if (batchIds.length === 0) return []
  return db
    .selectFrom('applications')
    .select([
      'id',
      'organisation',
      'kind',
      'state',
      'fields',
      'common_name',
      'csr_sha256',
      'spki_sha256',
      'batch_id',
      'created_at',
      'updated_at',
      'traceparent',
    ])
    .where('batch_id', 'in', batchIds)
    .where('state', 'in', inFlightStates)
    .execute()
}
