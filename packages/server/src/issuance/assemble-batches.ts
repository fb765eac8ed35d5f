/**
 * From queued applications to sealed batches: at most 99 rows, one kind, one organisation.
 *
 * Sealing freezes the bytes. Issue or renewal is decided once more here, because
 * an earlier application for the same CN may have been issued since.
 * Source: docs/issuance-cycle.md, step 5.
 */
import { createHash } from 'node:crypto'
import { type ApplicationKind, familyOf } from '@upki-gateway/shared/application'
import { encodeTsv, rowsPerFile } from '@upki-gateway/shared/tsv'
import { lockAssembly, lockBatchable, readQueue, sealFile } from '../store/applications.js'
import { findGoingOut, type GoingOut, type NewSealedBatch } from '../store/batches.js'
import { findNewestByName } from '../store/certificates.js'
import type { Transaction } from '../store/database.js'
import type { ApplicationRow } from '../store/tables.js'
import { takeOverIssued } from './already-issued.js'
import { hasOrganisation } from './forgotten-work.js'
import { groupBy } from './group-by.js'
import { newId } from './new-id.js'
import type { Environment } from './ports/environment.js'
import type { IssuanceSystem } from './ports/issuance-system.js'
import { traced } from './ports/trace.js'
import { priorities } from './queue-order.js'
import { type Decided, redecide } from './redecide.js'

/** More than one file, so that a mixed queue still fills files of one kind. */
const CANDIDATES = rowsPerFile * 4

interface Candidate extends Decided {
  row: ApplicationRow
}

/** Of several queued applications of one family for one CN only the oldest goes now. */
function firstPerName(rows: readonly ApplicationRow[]): ApplicationRow[] {
  const seen = new Set<string>()
  return rows.filter(({ common_name: name, kind }) => {
    if (name === null) return true
    const wanted = `${familyOf(kind)} ${name}`
    const isFirst = !seen.has(wanted)
    seen.add(wanted)
    return isFirst
  })
}

async function candidatesOf(
  trx: Transaction,
  organisation: string,
  queued: readonly ApplicationRow[],
): Promise<Candidate[]> {
  const rows = firstPerName(queued)
  const history = await findNewestByName(
    trx,
    organisation,
    rows.flatMap(({ common_name: name }) => name ?? []),
  )
  return rows.map((row) => ({ row, ...redecide(row, history.get(row.common_name ?? '')) }))
}

/** Rows of one file, in its order. */
interface File {
  organisation: string
  kind: ApplicationKind
  members: readonly Candidate[]
}

const sealBatch = (env: Environment, trx: Transaction, file: File): Promise<void> =>
  traced(
    env.trace,
    'seal',
    {
      facts: { 'upki.kind': file.kind, 'upki.rows': file.members.length },
      from: file.members.map(({ row }) => row.traceparent),
    },
    () => seal(env, trx, file),
  )

function batchOf(env: Environment, { organisation, kind, members }: File): NewSealedBatch {
  const bytes = Buffer.from(encodeTsv(members.map(({ application }) => application)))
  return {
    id: newId(),
    organisation,
    kind,
    issuance_system: env.organisation(organisation).issuanceSystem,
    bytes,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    row_count: members.length,
    sealed_at: env.now(),
    traceparent: env.trace.current() ?? null,
  }
}

async function seal(env: Environment, trx: Transaction, file: File): Promise<void> {
  const batch = batchOf(env, file)
  const { id, kind, row_count: rows, sealed_at: at } = batch
  await sealFile(trx, {
    batch,
    rows: file.members.map(({ row, application, filled }) => ({
      id: row.id,
      fields: application.fields,
      filled,
    })),
    entry: { at, actor: 'gateway', action: 'batch.seal', subject: id, detail: { kind, rows } },
  })
}

const ageMs = (env: Environment, { row }: Candidate): number => env.now().getTime() - row.updated_at.getTime()

/** Milliseconds until this group is sealed though it is not full; 0 or less: now. */
function waitMs(env: Environment, members: readonly Candidate[]): number {
  if (members.length >= rowsPerFile) return 0
  if (members.some(({ row }) => row.priority === priorities.urgent)) return 0
  const longest = env.config.batching.maxAgeSeconds * 1000
  const wait = longest - Math.max(...members.map((member) => ageMs(env, member)))
  // Rows of a time that is not yet were queued before the clock went back.
  return wait > 2 * longest ? 0 : wait
}

interface Round {
  sealed: number
  /** Whether rows that may go are left over. */
  isMore: boolean
  /** Of the groups that are not due yet. */
  waits: number[]
}

/**
 * Kinds of which a file waits already: one is enough while another is uploaded, for what is sealed cannot be overtaken
 * any more.
 */
const takenKinds = (before: readonly GoingOut[]): Set<ApplicationKind> =>
  new Set(before.filter(({ state }) => state === 'sealed').map(({ kind }) => kind))

/**
 * Behind a file that is not through yet another would only wait sealed, so the rows wait for more to fill one: the end
 * of the upload rings.
 */
const hadBetterWait = (queued: number, before: readonly GoingOut[]): boolean =>
  queued < rowsPerFile && before.some(({ isPutBack }) => !isPutBack)

type RoundOfOne = Omit<Round, 'sealed'> & { sealed?: { kind: ApplicationKind; rows: number } }

/** An operator's hands take as many files as there are: before them none waits for another. */
const ofSystem = ({ id, worksByItself }: IssuanceSystem, goingOut: readonly GoingOut[]): GoingOut[] =>
  worksByItself ? goingOut.filter(({ issuanceSystem }) => issuanceSystem === id) : []

/** Seals one file, that whose first row stands first in the queue; not of a kind of which one waits. */
async function sealNext(
  env: Environment,
  trx: Transaction,
  { organisation, queued, before }: { organisation: string; queued: ApplicationRow[]; before: GoingOut[] },
): Promise<RoundOfOne> {
  const groups = groupBy(await candidatesOf(trx, organisation, queued), ({ application }) => application.kind)
  const taken = takenKinds(before)
  const full = [...groups]
    .filter(([kind]) => !taken.has(kind))
    .map(([kind, candidates]) => ({ kind, members: candidates.slice(0, rowsPerFile) }))
  const due = full.find(({ members }) => waitMs(env, members) <= 0)
  if (due) await sealBatch(env, trx, { organisation, ...due })
  return {
    sealed: due && { kind: due.kind, rows: due.members.length },
    isMore: due !== undefined && queued.length > due.members.length,
    waits: full.map(({ members }) => waitMs(env, members)).filter((wait) => wait > 0),
  }
}

/** Another process may have sealed a file since the queue was looked at. */
async function assembleOrganisation(
  env: Environment,
  organisation: string,
  system: IssuanceSystem,
): Promise<RoundOfOne> {
  return env.db.transaction().execute(async (trx) => {
    await lockAssembly(trx, organisation)
    const before = ofSystem(system, await findGoingOut(trx))
    const batchable = await lockBatchable(trx, organisation, CANDIDATES)
    if (hadBetterWait(batchable.length, before)) return { isMore: false, waits: [] }
    const { rest: queued, taken } = await takeOverIssued(env, trx, organisation, batchable)
    const round = await sealNext(env, trx, { organisation, queued, before })
    return { ...round, isMore: round.isMore || taken > 0 }
  })
}

/** What keeps one organisation's rows out of a file, such as a row that cannot be written, is no reason for others to wait. */
async function tryOrganisation(
  env: Environment,
  organisation: string,
  system: IssuanceSystem,
): Promise<RoundOfOne> {
  try {
    return await assembleOrganisation(env, organisation, system)
  } catch (error) {
    env.log.error({ organisation, err: error }, 'no file could be sealed; will try again')
    return { isMore: false, waits: [] }
  }
}

/** One file of each organisation in turn. */
async function assembleRound(env: Environment): Promise<Round> {
  const total: Round = { sealed: 0, isMore: false, waits: [] }
  const { waiting, goingOut } = await readQueue(env.db, rowsPerFile)
  for (const { organisation, queued } of waiting.filter((each) => hasOrganisation(env, each.organisation))) {
    const system = env.issuanceSystem(env.organisation(organisation).issuanceSystem)
    if (hadBetterWait(queued, ofSystem(system, goingOut))) continue
    const { sealed, isMore, waits } = await tryOrganisation(env, organisation, system)
    if (sealed) {
      env.observe.sealed(sealed)
      goingOut.push({ issuanceSystem: system.id, kind: sealed.kind, state: 'sealed', isPutBack: false })
    }
    total.sealed += sealed ? 1 : 0
    total.isMore ||= isMore
    total.waits.push(...waits)
  }
  return total
}

/**
 * Seals the batches that are due and can be uploaded next; safe to run in several processes at once. It is rung
 * again when one of them goes out.
 * @returns milliseconds until the next batch is due, if one waits to fill
 */
export async function assembleBatches(env: Environment): Promise<number | undefined> {
  let round = await assembleRound(env)
  let total = round.sealed
  for (; round.isMore; total += round.sealed) round = await assembleRound(env)
  if (total > 0) env.ring('submit')
  return round.waits.length > 0 ? Math.min(...round.waits) : undefined
}
