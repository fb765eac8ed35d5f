/** Batches: sealed once, claimed by one process at a time, never changed after sealing. */
import type { ApplicationKind } from '@upki-gateway/shared/application'
import { type ExpressionBuilder, sql } from 'kysely'
import { type ApplicationState, type BatchState, inFlightStates } from '../issuance/states.js'
import { type AuditEntry, insertEntries } from './audit.js'
import type { Database, Transaction } from './database.js'
import { hasCome } from './has-come.js'
import type { BatchRow, Tables } from './tables.js'

/** No try is put off for longer. */
export const LONGEST_RETRY_MS = 15 * 60_000

const isDue = (now: Date) => hasCome('due_at', now, LONGEST_RETRY_MS)

export interface Sealed {
  id: string
  /** Whether it may be uploaded now. */
  isDue: boolean
  dueAt: Date
}

/** The sealed batch of an issuance system that goes next: of those that are due the one sealed first, else the one due first. */
export async function findNextSealed(db: Database, system: string, now: Date): Promise<Sealed | undefined> {
  const row = await db
    .selectFrom('batches')
    .select(['id', 'due_at', isDue(now).as('is_due')])
    .where('state', '=', 'sealed')
    .where('issuance_system', '=', system)
    .orderBy('is_due', 'desc')
    .orderBy((eb) => eb.case().when(isDue(now)).then(eb.ref('sealed_at')).else(eb.ref('due_at')).end())
    .limit(1)
    .executeTakeFirst()
  return row && { id: row.id, isDue: row.is_due, dueAt: row.due_at }
}

/** When the last upload of an issuance system began. */
export async function findLastUpload(db: Database, system: string): Promise<Date | undefined> {
  const row = await db
    .selectFrom('batches')
    .select('uploaded_at')
    .where('issuance_system', '=', system)
    .where('uploaded_at', 'is not', null)
    .orderBy('uploaded_at', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row?.uploaded_at ?? undefined
}

/** A kind of which an issuance system has a file on its way, or waiting to go. */
export interface GoingOut {
  issuanceSystem: string
  kind: ApplicationKind
  state: 'sealed' | 'submitting'
  /** It came back, and is tried again later: it keeps nobody waiting. */
  isPutBack: boolean
}

/** For a statement that looks at more besides: an array of `GoingOut`. */
export const listGoingOut = sql`select coalesce(json_agg(going), '[]') from
  (select distinct issuance_system as "issuanceSystem", kind, state, state = 'sealed' and last_error is not null as "isPutBack"
    from batches where state in ('sealed', 'submitting')) as going`

export async function findGoingOut(trx: Transaction): Promise<GoingOut[]> {
  const { rows } = await sql<{ goingOut: GoingOut[] }>`select (${listGoingOut}) as "goingOut"`.execute(trx)
  return rows[0]?.goingOut ?? []
}

/** A batch as it begins; `bytes` are its file. */
export type NewSealedBatch = Pick<
  BatchRow,
  | 'id'
  | 'organisation'
  | 'kind'
  | 'issuance_system'
  | 'bytes'
  | 'sha256'
  | 'row_count'
  | 'sealed_at'
  | 'traceparent'
>

/** For a statement that stores more besides. */
export const insertSealed = (trx: Transaction, batch: NewSealedBatch) =>
  trx.insertInto('batches').values({ ...batch, state: 'sealed', due_at: batch.sealed_at })

const isUniqueViolation = (error: unknown): boolean => (error as { code?: unknown }).code === '23505'

/** An upload of the same issuance system that began less than its pace ago; a clock that went back is no reason to wait. */
const begunWithin = (
  eb: ExpressionBuilder<Tables, 'batches'>,
  { now, paceSeconds }: { now: Date; paceSeconds: number },
) =>
  eb
    .selectFrom('batches as before')
    .select('before.id')
    .whereRef('before.issuance_system', '=', 'batches.issuance_system')
    .where('before.uploaded_at', '>', new Date(now.getTime() - paceSeconds * 1000))
    .where('before.uploaded_at', '<=', now)
    .where(sql<boolean>`${paceSeconds}::float8 > 0`)

/** By the database's clock, the only one that all processes have in common. */
const leaseEnd = (leaseMs: number) =>
  sql<Date>`clock_timestamp() + make_interval(secs => ${leaseMs / 1000}::float8)`

/**
 * Takes a sealed batch for upload. Of two processes exactly one gets it, and only
 * while no other batch of the same issuance system is being uploaded, or was begun within its pace.
 */
export async function claimSealed(
  db: Database,
  id: string,
  claim: { now: Date; leaseMs: number; paceSeconds: number },
): Promise<BatchRow | undefined> {
  try {
    return await db
      .with('claimed', (one) =>
        one
          .updateTable('batches')
          .set((eb) => ({
            state: 'submitting',
            lease_until: leaseEnd(claim.leaseMs),
            submissions: eb('submissions', '+', 1),
            uploaded_at: claim.now,
          }))
          .where('id', '=', id)
          .where('state', '=', 'sealed')
          .where(isDue(claim.now))
          .where((eb) => eb.not(eb.exists(begunWithin(eb, claim))))
          .returningAll(),
      )
      .with('moved', (one) =>
        one
          .updateTable('applications')
          .set({ state: 'submitting', updated_at: claim.now })
          .where('batch_id', 'in', one.selectFrom('claimed').select('id'))
          .where('state', '=', 'batched'),
      )
      .selectFrom('claimed')
      .selectAll()
      .executeTakeFirst()
  } catch (error) {
    if (isUniqueViolation(error)) return undefined
    throw error
  }
}

/** One upload of a batch: `submissions` is its number among those of the batch, from 1. */
export type Upload = Pick<BatchRow, 'id' | 'submissions'>

/** @returns false when this upload is not under way any more: the lease was taken away */
export async function renewLease(
  db: Database,
  { id, submissions }: Upload,
  leaseMs: number,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('batches')
    .set({ lease_until: leaseEnd(leaseMs) })
    .where('id', '=', id)
    .where('state', '=', 'submitting')
    .where('submissions', '=', submissions)
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

/** Ends every lease: for a process that knows it is the only one. */
export async function endLeases(db: Database): Promise<void> {
  await db
    .updateTable('batches')
    .set({ lease_until: leaseEnd(0) })
    .where('state', '=', 'submitting')
    .execute()
}

const leftMs = sql<number>`coalesce(1000 * extract(epoch from lease_until - clock_timestamp()), 0)::float8`

/** Batches that are being uploaded, or were when their process died, and what is left of the lease of each. */
export const findLeases = (
  db: Database,
): Promise<(Upload & Pick<BatchRow, 'issuance_system'> & { leftMs: number })[]> =>
  db
    .selectFrom('batches')
    .select(['id', 'submissions', 'issuance_system', leftMs.as('leftMs')])
    .where('state', '=', 'submitting')
    .execute()

export type BatchChange = Partial<
  Pick<
    BatchRow,
    | 'lease_until'
    | 'unknown_since'
    | 'due_at'
    | 'last_error'
    | 'submitted_at'
    | 'handed_out_at'
    | 'handed_out_to'
    | 'attention'
  >
>

/** How a batch moves, and what becomes different with it. */
export interface BatchMove extends BatchChange {
  from: readonly BatchState[]
  to: BatchState
  /**
   * Where it is not enough that the batch is unknown: it must be so since the same moment, since it may have
   * been uploaded once more meanwhile.
   */
  unknownSince?: Date
  /** Which upload of the batch this tells of, where it says nothing of a later one. */
  upload?: number
}

function moveOne(
  db: Database | Transaction,
  id: string,
  { from, to, unknownSince, upload, ...change }: BatchMove,
) {
  return db
    .updateTable('batches')
    .set({ state: to, ...change })
    .where('id', '=', id)
    .where('state', 'in', from)
    .$if(unknownSince !== undefined, (query) => query.where('unknown_since', '=', unknownSince ?? null))
    .$if(upload !== undefined, (query) => query.where('submissions', '=', upload ?? 0))
}

/** @returns false when the batch was no longer in `from`: another process has moved it */
export async function moveBatchState(trx: Transaction, id: string, move: BatchMove): Promise<boolean> {
  const { numUpdatedRows } = await moveOne(trx, id, move).executeTakeFirst()
  return numUpdatedRows === 1n
}

/** What goes with a batch that moves. */
export interface Along {
  now: Date
  applications?: { from: readonly ApplicationState[]; to: ApplicationState }
  entries: readonly AuditEntry[]
}

const isMoved = sql<boolean>`exists (select from moved)`

function moveRows(db: Database | Transaction, id: string, { now, applications }: Along) {
  if (!applications) return sql`select`
  const query = db
    .updateTable('applications')
    .set({ state: applications.to, updated_at: now })
    .where('batch_id', '=', id)
    .where('state', 'in', applications.from)
    .where(isMoved)
  return sql`${query}`
}

/**
 * Moves a batch with its applications and what the audit log says of that, in one statement: all of it or nothing.
 * @returns false when the batch was no longer in `from`: nothing was changed
 */
export async function moveBatchWhole(
  db: Database | Transaction,
  id: string,
  move: BatchMove,
  along: Along,
): Promise<boolean> {
  const { rows } = await sql<{ moved: boolean }>`with moved as (${moveOne(db, id, move).returning('id')}),
    rows as (${moveRows(db, id, along)}),
    entries as (${insertEntries(along.entries)} where ${isMoved})
    select ${isMoved} as moved`.execute(db)
  return rows[0]?.moved === true
}

export const findBatch = (db: Database, id: string): Promise<BatchRow | undefined> =>
  db.selectFrom('batches').selectAll().where('id', '=', id).executeTakeFirst()

export const lockBatch = (trx: Transaction, id: string): Promise<BatchRow> =>
  trx.selectFrom('batches').selectAll().where('id', '=', id).forUpdate().executeTakeFirstOrThrow()

export type BatchSummary = Omit<BatchRow, 'bytes' | 'traceparent'>

export const summary = [
  'id',
  'organisation',
  'issuance_system',
  'kind',
  'state',
  'sha256',
  'row_count',
  'submissions',
  'lease_until',
  'unknown_since',
  'due_at',
  'last_error',
  'sealed_at',
  'submitted_at',
  'handed_out_at',
  'handed_out_to',
  'uploaded_at',
  'attention',
] as const satisfies (keyof BatchRow)[]

export interface BatchFilter {
  organisation: string
  state?: BatchState
  /** Id of the last batch of the page before. */
  after?: string
  limit: number
}

/** Newest first, without their bytes. */
export function listBatches(db: Database, filter: BatchFilter): Promise<BatchSummary[]> {
  let query = db.selectFrom('batches').select(summary).where('organisation', '=', filter.organisation)
  if (filter.state) query = query.where('state', '=', filter.state)
  if (filter.after) query = query.where('id', '<', filter.after)
  return query.orderBy('id', 'desc').limit(filter.limit).execute()
}

/** Applications of a batch, in the order of its file. */
export const listRowsOfBatch = (db: Database, id: string) =>
  db
    .selectFrom('applications')
    .select(['id', 'batch_row', 'state', 'common_name'])
    .where('batch_id', '=', id)
    .orderBy('batch_row')
    .execute()

/** Batches the service has or may have: a report can say something of them. */
export const findLive = (
  db: Database,
): Promise<
  Pick<
    BatchRow,
    | 'id'
    | 'organisation'
    | 'kind'
    | 'state'
    | 'issuance_system'
    | 'unknown_since'
    | 'submitted_at'
    | 'attention'
    | 'traceparent'
  >[]
> =>
  db
    .selectFrom('batches')
    .select([
      'id',
      'organisation',
      'kind',
      'state',
      'issuance_system',
      'unknown_since',
      'submitted_at',
      'attention',
      'traceparent',
    ])
    .where('state', 'in', ['handed-out', 'submitted', 'unknown', 'attention'])
    .execute()

/** Marks as done the batches of which no application is under way any more. @returns how many */
export async function closeFinished(db: Database, ids: readonly string[]): Promise<number> {
  if (ids.length === 0) return 0
  const { numUpdatedRows } = await db
    .updateTable('batches')
    .set({ state: 'done' })
    .where('id', 'in', ids)
    .where('state', '=', 'submitted')
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('applications')
            .select('applications.id')
            .whereRef('batch_id', '=', 'batches.id')
            .where('applications.state', 'in', inFlightStates),
        ),
      ),
    )
    .executeTakeFirst()
  return Number(numUpdatedRows)
}
