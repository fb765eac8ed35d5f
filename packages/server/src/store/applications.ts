/** Applications: queries by what the life cycle needs. */
import { sql } from 'kysely'
import { type ApplicationState, inFlightStates } from '../issuance/states.js'
import { lockFor } from './advisory-lock.js'
import { type AuditEntry, insertEntries } from './audit.js'
import { type GoingOut, insertSealed, listGoingOut, type NewSealedBatch } from './batches.js'
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
 * a renewal depends on what becomes of the earlier one. An application for ACME makes no certificate, and waits for an
 * operator to enter its EAB: it keeps none for the server waiting, nor the other way round.
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
            .where('other.state', 'in', inFlightStates)
            .where(sql<boolean>`split_part(other.kind, '-', 1) = split_part(candidate.kind, '-', 1)`),
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

/** An organisation whose applications wait for a file. */
export interface Waiting {
  organisation: string
  /** How many, counted no further than a full file. */
  queued: number
}

/** What lies before the issuance systems. */
export interface Queue {
  /** Those with an urgent application first, then whose last file is the longest ago, so that a large one does not keep the others waiting. */
  waiting: Waiting[]
  goingOut: GoingOut[]
}

/**
 * Steps from one organisation to the next in the index, however many rows of each wait.
 * @param most how far the rows of one are counted
 */
export async function readQueue(db: Database, most: number): Promise<Queue> {
  const { rows } = await sql<Waiting & { going_out: GoingOut[] }>`with recursive waiting (organisation) as (
      select min(organisation) from applications where state = 'queued'
      union all
      select (select min(organisation) from applications
        where state = 'queued' and applications.organisation > waiting.organisation)
      from waiting where waiting.organisation is not null)
    select waiting.organisation, (${listGoingOut}) as going_out,
      (select count(*) from (select 1 from applications
        where state = 'queued' and applications.organisation = waiting.organisation limit ${most}) as counted)::int as queued
    from waiting
      left join lateral (select sealed_at from batches where batches.organisation = waiting.organisation
        order by id desc limit 1) as last on true
    where waiting.organisation is not null
    order by exists (select 1 from applications
        where state = 'queued' and priority = 2 and applications.organisation = waiting.organisation) desc,
      last.sealed_at asc nulls first, waiting.organisation`.execute(db)
  return {
    waiting: rows.map(({ organisation, queued }) => ({ organisation, queued })),
    goingOut: rows[0]?.going_out ?? [],
  }
}

/** A file as it is sealed, with its rows in their order. */
export interface SealedFile {
  batch: NewSealedBatch
  rows: readonly Pick<ApplicationRow, 'id' | 'fields' | 'filled'>[]
  entry: AuditEntry
}

/** Stores a batch, puts the rows into it as they stand in its file, and says so in the audit log, in one statement. */
export async function sealFile(trx: Transaction, { batch, rows, entry }: SealedFile): Promise<void> {
  const texts = (member: 'fields' | 'filled') => rows.map((row) => JSON.stringify(row[member]))
  const { id, kind, sealed_at: now } = batch
  await sql`with batch as (${insertSealed(trx, batch)}),
    rows as (update applications set state = 'batched', batch_id = ${id}, batch_row = sealed.place, kind = ${kind},
        fields = sealed.fields::jsonb, filled = sealed.filled::jsonb, updated_at = ${now}
      from unnest(${rows.map((row) => row.id)}::text[], ${texts('fields')}::text[], ${texts('filled')}::text[])
        with ordinality as sealed (id, fields, filled, place)
      where applications.id = sealed.id)
    ${insertEntries([entry])}`.execute(trx)
}

/** Sealed batches of the organisation that nobody has uploaded, with a row for one of these keys. */
export async function listSealedWith(
  trx: Transaction,
  organisation: string,
  keys: readonly string[],
): Promise<string[]> {
  const rows = await trx
    .selectFrom('applications')
    .innerJoin('batches', 'batches.id', 'applications.batch_id')
    .select('batches.id')
    .distinct()
    .where('applications.spki_sha256', '=', sql<string>`any(${keys})`)
    .where('applications.organisation', '=', organisation)
    .where('applications.state', '=', 'batched')
    .where('batches.state', '=', 'sealed')
    .execute()
  return rows.map(({ id }) => id)
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
