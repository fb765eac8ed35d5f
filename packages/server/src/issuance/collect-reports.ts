/**
 * Reads the report of an issuance system, or takes the one that an operator gives, and moves applications by what it says.
 *
 * Rows are matched by what they hold, never by time (match-report.ts). A batch whose upload lost its answer is
 * decided here too: one of its rows in the report proves that it was taken.
 * Source: docs/issuance-cycle.md, steps 7 to 9.
 */
import { revokesCertificate } from '@upki-gateway/shared/application'
import type { IsWanted, ReportRow } from '@upki-gateway/shared/report'
import { type InFlightRow, listInFlight } from '../store/applications.js'
import { type BatchMove, closeFinished, findLive, moveBatchWhole } from '../store/batches.js'
import type { BatchRow } from '../store/tables.js'
import { outcomeOf } from './complete-application.js'
import { automaticSystems } from './forgotten-work.js'
import { groupBy } from './group-by.js'
import { matchReport, reportOf } from './match-report.js'
import { escalateMissing, isMissing, markTurnedUp } from './missing-rows.js'
import { applyMoves, type Move } from './move-applications.js'
import type { Environment } from './ports/environment.js'
import type { ReportName } from './ports/issuance-system.js'
import { traced } from './ports/trace.js'
import { goingOutStates } from './states.js'
import { maintenanceMs } from './upload-times.js'
import { Watched } from './watched.js'
import { leastRows, organisationsOf, RowCounts } from './whole-report.js'

type LiveBatch = Pick<
  BatchRow,
  'id' | 'kind' | 'state' | 'unknown_since' | 'submitted_at' | 'attention' | 'traceparent'
>
type Live = Awaited<ReturnType<typeof findLive>>[number]
/** Rows of a report by the id of the application that they tell of. */
type Found = Map<string, ReportRow>

/** A report, or several, and since when it is known to be true. */
interface Reading {
  /** Undefined where nobody said when the report was made: what it lacks proves nothing then. */
  readAt: Date | undefined
  /** Whether the batch had been as it is for `settleSeconds` when the report was made. */
  isSettled: (batch: LiveBatch) => boolean
  /** Whose rows it has. */
  organisations: readonly string[]
  read: (inFlight: readonly InFlightRow[], counts: RowCounts) => Promise<Found>
}

/** What every report says of the applications under way, by application id. */
async function readReports(
  env: Environment,
  systemId: string,
  inFlight: readonly InFlightRow[],
  counts: RowCounts,
): Promise<Found> {
  const system = env.issuanceSystem(systemId)
  const found = new Map<string, ReportRow>()
  for (const [name, rows] of groupBy(inFlight, reportOf)) {
    const report = (isWanted: IsWanted) => system.report(name, counts.counting(name, isWanted))
    for (const [id, row] of await matchReport(report, rows)) found.set(id, row)
  }
  return found
}

/**
 * Also where an operator was already asked: the rows turned up late.
 * @returns whether the batch is submitted now
 */
async function markTaken(env: Environment, batch: LiveBatch): Promise<boolean> {
  const now = env.now()
  const move: BatchMove = {
    from: [batch.state],
    to: 'submitted',
    submitted_at: now,
    due_at: now,
    last_error: null,
    attention: null,
  }
  return moveBatchWhole(env.db, batch.id, move, {
    now,
    applications: { from: goingOutStates, to: 'submitted' },
    entries: [{ at: now, actor: 'gateway', action: 'batch.found-in-report', subject: batch.id }],
  })
}

/**
 * The report, read after the time the service needs to register a file, shows no row: it was not taken.
 * That proof is of the upload whose answer was lost `since` then, not of one that came after it.
 */
async function markNotTaken(
  env: Environment,
  { batchId, since, resubmit }: { batchId: string; since: Date; resubmit: boolean },
): Promise<void> {
  const now = env.now()
  const move: BatchMove = {
    from: ['unknown'],
    to: resubmit ? 'sealed' : 'attention',
    unknownSince: since,
    unknown_since: null,
    due_at: now,
    attention: resubmit ? null : 'not-in-report',
  }
  const isMoved = await moveBatchWhole(env.db, batchId, move, {
    now,
    applications: resubmit ? { from: ['unknown'], to: 'batched' } : undefined,
    entries: [
      { at: now, actor: 'gateway', action: 'batch.not-in-report', subject: batchId, detail: { resubmit } },
    ],
  })
  if (!isMoved) return
  if (resubmit) env.ring('submit')
  else
    env.log.error(
      { batch: batchId },
      'the report does not show an upload whose answer was lost; an operator has to decide',
    )
}

/**
 * What a report made after the batch had settled, in which no row of it stands, says of it. Only rows with a CSR are shown
 * from the moment they are registered; that a revocation does not show yet proves nothing, so a person decides.
 */
async function decideAbsent(
  env: Environment,
  systemId: string,
  { id, unknown_since: since }: LiveBatch,
  { rows, isWhole }: { rows: readonly InFlightRow[]; isWhole: boolean },
): Promise<void> {
  const { resubmitAfterProof } = env.settings(systemId)
  if (!isWhole)
    env.log.error({ issuanceSystem: systemId }, 'the report has fewer rows than certificates are known')
  if (since)
    await markNotTaken(env, {
      batchId: id,
      since,
      resubmit: resubmitAfterProof && isWhole && rows.every((row) => row.csr_sha256),
    })
}

/** A row that cannot be completed, such as for a chain that is not configured, must not keep the others waiting. */
function outcome(env: Environment, systemId: string, row: InFlightRow, reported: ReportRow): Move[] {
  try {
    const move = outcomeOf(env, systemId, row, reported)
    return move ? [move] : []
  } catch (error) {
    env.log.error({ application: row.id, err: error }, 'the report has a result that could not be taken over')
    return []
  }
}

/**
 * One row proves that the file was taken; whether all of it was, that its missing rows have turned up. Of a revocation
 * there is no row of its own: others may have revoked the certificate, so only all of them together leave nothing to send.
 */
function isThere({ attention, kind }: LiveBatch, rows: readonly InFlightRow[], found: Found): boolean {
  if (attention === 'rows-missing') return rows.every((row) => !isMissing(row, found))
  const isFound = ({ id }: InFlightRow) => found.has(id)
  return revokesCertificate(kind) ? rows.every(isFound) : rows.some(isFound)
}

interface Told {
  /** Applications that stand in the report. */
  rowsFound: number
  /** Batches of which nothing is under way any more. */
  batchesClosed: number
}

async function apply(
  env: Environment,
  systemId: string,
  batches: readonly LiveBatch[],
  { readAt, isSettled, organisations, read }: Reading,
): Promise<Told> {
  const ids = batches.map(({ id }) => id)
  const inFlight = await listInFlight(env.db, ids)
  const lost = batches.filter((batch) => batch.state === 'unknown' && isSettled(batch))
  const least = await leastRows(env, organisations, new Set(lost.map(reportOf)))
  const counts = new RowCounts()
  const found = await read(inFlight, counts)
  const taken = new Set<string | null>()
  for (const batch of batches.filter(({ state }) => state !== 'submitted')) {
    const rows = inFlight.filter((row) => row.batch_id === batch.id)
    if (isThere(batch, rows, found)) {
      if (await markTaken(env, batch)) taken.add(batch.id)
    } else if (lost.includes(batch)) {
      const name = reportOf(batch)
      await decideAbsent(env, systemId, batch, { rows, isWhole: counts.of(name) >= (least.get(name) ?? 0) })
    }
  }
  const moves = inFlight.flatMap((row) => {
    const reported = found.get(row.id)
    const state = taken.has(row.batch_id) ? 'submitted' : row.state
    return reported ? outcome(env, systemId, { ...row, state }, reported) : []
  })
  await applyMoves(env, moves)
  await markTurnedUp(env, batches, { inFlight, found })
  const closed = await closeFinished(env.db, ids)
  if (readAt) await escalateMissing(env, systemId, batches.filter(isSettled), { readAt, inFlight, found })
  return { rowsFound: found.size, batchesClosed: closed }
}

/** A trace of its own, since one report tells of many files; linked with each. */
const applyTraced: typeof apply = (env, systemId, batches, reading) =>
  traced(
    env.trace,
    'report',
    {
      from: [],
      links: batches.map(({ traceparent }) => traceparent),
      facts: { 'upki.issuance_system': systemId, 'upki.batches': batches.length },
    },
    async (span) => {
      const told = await apply(env, systemId, batches, reading)
      span.tell({ 'upki.rows_found': told.rowsFound })
      return told
    },
  )

/** The least pause between two readings. */
const SHORTEST_PAUSE_MS = 15
/** As many times as long as a reading took, nobody reads. */
const REST = 3

/**
 * A batch is asked for again after as long as half of what it has waited: soon after its upload every few
 * moments, later every `reportIntervalSeconds`.
 */
function pauseFor(env: Environment, batch: Live): number {
  const system = env.settings(batch.issuance_system)
  const longest = system.adapter === 'screens' ? system.reportIntervalSeconds * 1000 : Infinity
  const since = batch.unknown_since ?? batch.submitted_at
  const waited = since ? env.now().getTime() - since.getTime() : Infinity
  // A clock that went back is no reason to read without a pause.
  if (waited < 0) return longest
  return Math.min(longest, Math.max(SHORTEST_PAUSE_MS, waited / 2))
}

async function listAutomatic(env: Environment): Promise<Live[]> {
  const systems = automaticSystems(env)
  return (await findLive(env.db)).filter(({ issuance_system: id }) => systems.includes(id))
}

const watches = new WeakMap<Environment, Watched>()

function watchOf(env: Environment): Watched {
  const watch = watches.get(env) ?? new Watched(env.elapsedMs)
  watches.set(env, watch)
  return watch
}

const settleMs = (env: Environment, systemId: string): number => env.settings(systemId).settleSeconds * 1000

const asItIs = ({ id, state, unknown_since: since }: LiveBatch): string =>
  `${id} ${state} ${since?.getTime()}`

type Settled = Reading['isSettled']

/** By what this process has seen itself: no clock decides what may be sent again. */
function watchLive(env: Environment, live: readonly Live[]): Settled {
  const waitedMs = watchOf(env).look(live.map(asItIs))
  const settled = live.filter((batch) => waitedMs(asItIs(batch)) >= settleMs(env, batch.issuance_system))
  const ids = new Set(settled.map(({ id }) => id))
  return ({ id }) => ids.has(id)
}

/** @returns how many of the batches are closed now */
async function readSystem(
  env: Environment,
  systemId: string,
  { batches, isSettled }: { batches: readonly Live[]; isSettled: Settled },
): Promise<number> {
  try {
    const read: Reading['read'] = (inFlight, counts) => readReports(env, systemId, inFlight, counts)
    const organisations = organisationsOf(env, systemId)
    const reading = { readAt: env.now(), isSettled, organisations, read }
    const told = await applyTraced(env, systemId, batches, reading)
    env.observe.reportRead({ issuanceSystem: systemId, isRead: true })
    return told.batchesClosed
  } catch (error) {
    env.observe.reportRead({ issuanceSystem: systemId, isRead: false })
    env.log.warn(
      { issuanceSystem: systemId, error: error instanceof Error ? error.message : String(error) },
      'report not read; will try again',
    )
    return 0
  }
}

/**
 * Reads every report that something waits for.
 * @returns milliseconds until they are to be read again, or undefined when nothing waits that a report can be fetched for
 */
export async function collectReports(env: Environment): Promise<number | undefined> {
  const begin = performance.now()
  const due = await listAutomatic(env)
  const isSettled = watchLive(env, due)
  let closed = 0
  for (const [systemId, batches] of groupBy(due, (batch) => batch.issuance_system))
    if (maintenanceMs(env.settings(systemId), env.now()) === 0)
      closed += await readSystem(env, systemId, { batches, isSettled })
  const tookMs = performance.now() - begin
  // What was uploaded meanwhile has rung.
  if (closed === due.length) return undefined
  const live = await listAutomatic(env)
  if (live.length === 0) return undefined
  // However long a report has grown: most of the time nobody reads.
  return Math.ceil(Math.max(REST * tookMs, Math.min(...live.map((batch) => pauseFor(env, batch)))))
}

/** By the operator's word of when the report was made. */
const settledBefore =
  (takenAt: Date | undefined, waitMs: number): Settled =>
  ({ unknown_since: unknown, submitted_at: submitted }) => {
    const since = unknown ?? submitted
    return takenAt && since ? takenAt.getTime() - since.getTime() >= waitMs : false
  }

/** A report as an operator gives it. */
export interface GivenReport {
  /** His: of other organisations' files, on the same issuance system, his report tells nothing. */
  organisation: string
  name: ReportName
  rows: AsyncIterable<ReportRow>
  /** When the operator downloaded it, if that was said. */
  takenAt?: Date
}

/**
 * Takes one report for all applications of the organisation that it can tell of.
 * @returns how many of them stand in it
 */
export async function takeReport(env: Environment, given: GivenReport): Promise<number> {
  const { issuanceSystem: systemId } = env.organisation(given.organisation)
  const live = (await findLive(env.db)).filter((batch) => batch.issuance_system === systemId)
  const own = live.filter(({ organisation }) => organisation === given.organisation)
  const batches = own.filter((batch) => reportOf(batch) === given.name)
  const read: Reading['read'] = (inFlight, counts) =>
    matchReport(() => counts.counted(given.name, given.rows), inFlight)
  const isSettled = settledBefore(given.takenAt, settleMs(env, systemId))
  const organisations = [given.organisation]
  const reading = { readAt: given.takenAt, isSettled, organisations, read }
  const told = await applyTraced(env, systemId, batches, reading)
  env.observe.reportRead({ issuanceSystem: systemId, isRead: true })
  return told.rowsFound
}
