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
import { hasFileUnderWay } from '../store/batches.js'
import { findNewestByName } from '../store/certificates.js'
import type { Transaction } from '../store/database.js'
import type { ApplicationRow } from '../store/tables.js'
import { groupBy } from './group-by.js'
import { newId } from './new-id.js'
import type { Environment } from './ports/environment.js'
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

async function candidatesOf(trx: Transaction, organisation: string): Promise<Candidate[]> {
  const rows = firstPerName(await lockBatchable(trx, organisation, CANDIDATES))
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
    })
    .execute()
  return id
}

async function sealBatch(env: Environment, trx: Transaction, file: File): Promise<void> {
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
  return env.config.batching.maxAgeSeconds * 1000 - Math.max(...members.map((member) => ageMs(env, member)))
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

/** @returns how many batches were sealed, and the wait of the first that was not yet due */
async function assembleOrganisation(
  env: Environment,
  organisation: string,
): Promise<{ sealed: number; waits: number[] }> {
  return env.db.transaction().execute(async (trx) => {
    await lockAssembly(trx, organisation)
    if (await hadBetterWait(env, trx, organisation)) return { sealed: 0, waits: [] }
    const groups = groupBy(await candidatesOf(trx, organisation), ({ application }) => application.kind)
    const full = [...groups].map(([kind, candidates]) => ({
      kind,
      members: candidates.slice(0, rowsPerFile),
    }))
    const due = full.filter(({ members }) => waitMs(env, members) <= 0)
    for (const { kind, members } of due) await sealBatch(env, trx, { organisation, kind, members })
    return {
      sealed: due.length,
      waits: full.map(({ members }) => waitMs(env, members)).filter((wait) => wait > 0),
    }
  })
}

/**
 * Seals every batch that is due; safe to run in several processes at once.
 * @returns milliseconds until the next batch is due, if one waits to fill
 */
export async function assembleBatches(env: Environment): Promise<number | undefined> {
  const waits: number[] = []
  let total = 0
  for (const organisation of await findQueuedOrganisations(env.db)) {
    let round = await assembleOrganisation(env, organisation)
    for (; round.sealed > 0; round = await assembleOrganisation(env, organisation)) total += round.sealed
    waits.push(...round.waits)
  }
  if (total > 0) env.ring('submit')
  return waits.length > 0 ? Math.min(...waits) : undefined
}
