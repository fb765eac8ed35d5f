/**
 * From queued applications to sealed batches: at most 99 rows, one kind, one organisation.
 *
 * Sealing freezes the bytes. Issue or renewal is decided once more here, because
 * an earlier application for the same CN may have been issued since.
 * Source: docs/issuance-cycle.md, step 5.
 */
import { createHash } from 'node:crypto'
import type { ApplicationKind } from '@upki-gateway/shared/application'
import { encodeTsv, rowsPerFile } from '@upki-gateway/shared/tsv'
import {
  countQueued,
  findQueuedOrganisations,
  lockAssembly,
  lockBatchable,
  sealRows,
} from '../store/applications.js'
import { appendAudit } from '../store/audit.js'
import { hasFileUnderWay, listSealedKinds } from '../store/batches.js'
import { findNewestByName } from '../store/certificates.js'
import type { Transaction } from '../store/database.js'
import type { ApplicationRow } from '../store/tables.js'
import { groupBy } from './group-by.js'
import { newId } from './new-id.js'
import type { Environment } from './ports/environment.js'
import { traced } from './ports/trace.js'
import { priorities } from './queue-order.js'
import { type Decided, redecide } from './redecide.js'

/** More than one file, so that a mixed queue still fills files of one kind. */
const CANDIDATES = rowsPerFile * 4

interface Candidate extends Decided {
  row: ApplicationRow
}

/** Of several queued applications for one CN only the oldest goes now. */
function firstPerName(rows: readonly ApplicationRow[]): ApplicationRow[] {
  const seen = new Set<string>()
  return rows.filter(({ common_name: name }) => {
    if (name === null) return true
    const isFirst = !seen.has(name)
    seen.add(name)
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

async function insertBatch(env: Environment, trx: Transaction, file: File): Promise<string> {
  const { organisation, kind, members } = file
  const id = newId()
  const now = env.now()
  const bytes = Buffer.from(encodeTsv(members.map(({ application }) => application)))
  await trx
    .insertInto('batches')
    .values({
      id,
      organisation,
      kind,
      issuance_system: env.organisation(organisation).issuanceSystem,
      state: 'sealed',
      bytes,
      sha256: createHash('sha256').update(bytes).digest('hex'),
      row_count: members.length,
      due_at: now,
      sealed_at: now,
      traceparent: env.trace.current(),
    })
    .execute()
  return id
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

async function seal(env: Environment, trx: Transaction, file: File): Promise<void> {
  const id = await insertBatch(env, trx, file)
  const { kind, members } = file
  const now = env.now()
  const rows = members.map(({ row, application, filled }) => ({
    id: row.id,
    fields: application.fields,
    filled,
  }))
  await sealRows(trx, { batchId: id, kind, rows, now })
  await appendAudit(trx, [
    { at: now, actor: 'gateway', action: 'batch.seal', subject: id, detail: { kind, rows: members.length } },
  ])
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

/**
 * Behind a file that is not through yet another would only wait sealed, so the rows wait for more to fill one: the end
 * of the upload rings. Files that an operator carries leave when that operator comes; nothing waits for those.
 */
async function hadBetterWait(env: Environment, trx: Transaction, organisation: string): Promise<boolean> {
  const system = env.issuanceSystem(env.organisation(organisation).issuanceSystem)
  if (!system.worksByItself || !(await hasFileUnderWay(trx, system.id))) return false
  return (await countQueued(trx, organisation, rowsPerFile)) < rowsPerFile
}

interface Round {
  sealed: number
  /** Whether rows that may go are left over. */
  isMore: boolean
  /** Of the groups that are not due yet. */
  waits: number[]
}

/** Seals one file, that whose first row stands first in the queue; not of a kind that is `taken`. */
async function assembleOrganisation(
  env: Environment,
  organisation: string,
  taken: ReadonlySet<ApplicationKind>,
): Promise<Round & { kind?: ApplicationKind; rows?: number }> {
  return env.db.transaction().execute(async (trx) => {
    await lockAssembly(trx, organisation)
    if (await hadBetterWait(env, trx, organisation)) return { sealed: 0, isMore: false, waits: [] }
    const queued = await lockBatchable(trx, organisation, CANDIDATES)
    const groups = groupBy(
      await candidatesOf(trx, organisation, queued),
      ({ application }) => application.kind,
    )
    const full = [...groups]
      .filter(([kind]) => !taken.has(kind))
      .map(([kind, candidates]) => ({ kind, members: candidates.slice(0, rowsPerFile) }))
    const due = full.find(({ members }) => waitMs(env, members) <= 0)
    if (due) await sealBatch(env, trx, { organisation, ...due })
    return {
      sealed: due ? 1 : 0,
      isMore: due !== undefined && queued.length > due.members.length,
      rows: due?.members.length,
      kind: due?.kind,
      waits: full.map(({ members }) => waitMs(env, members)).filter((wait) => wait > 0),
    }
  })
}

/**
 * Kinds of which a file waits already, by issuance system: one is enough while another is uploaded, for what is sealed
 * cannot be overtaken any more. An operator's hands take as many as there are.
 */
async function takenKinds(env: Environment): Promise<Map<string, Set<ApplicationKind>>> {
  const sealed = await listSealedKinds(env.db)
  const automatic = sealed.filter(({ issuance_system: id }) => env.issuanceSystem(id).worksByItself)
  const bySystem = groupBy(automatic, (batch) => batch.issuance_system)
  return new Map([...bySystem].map(([id, batches]) => [id, new Set(batches.map(({ kind }) => kind))]))
}

/** One file of each organisation in turn. */
async function assembleRound(env: Environment): Promise<Round> {
  const total: Round = { sealed: 0, isMore: false, waits: [] }
  const organisations = await findQueuedOrganisations(env.db)
  if (organisations.length === 0) return total
  const taken = await takenKinds(env)
  for (const organisation of organisations) {
    const { id, worksByItself } = env.issuanceSystem(env.organisation(organisation).issuanceSystem)
    const kinds = taken.get(id) ?? new Set()
    const round = await assembleOrganisation(env, organisation, kinds)
    if (round.kind) env.observe.sealed({ kind: round.kind, rows: round.rows ?? 0 })
    if (worksByItself && round.kind) taken.set(id, kinds.add(round.kind))
    total.sealed += round.sealed
    total.isMore ||= round.isMore
    total.waits.push(...round.waits)
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
