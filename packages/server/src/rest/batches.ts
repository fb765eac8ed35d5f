/** /v1/batches: the files that go to the issuance system; by hand, their way out and what came of them. */
import { type Request, Router } from 'express'
import { sendBytes } from '../http/send-bytes.js'
import { handOut } from '../issuance/hand-out.js'
import type { Environment } from '../issuance/ports/environment.js'
import type { BatchState } from '../issuance/states.js'
import { tellOutcome, type ToldOutcome, understand } from '../issuance/tell-outcome.js'
import { ProblemError } from '../problem/problem-error.js'
import { type BatchSummary, findBatch, listBatches, listRowsOfBatch } from '../store/batches.js'
import type { BatchRow } from '../store/tables.js'
import type { components } from './api-types.js'
import { callerOf, needScope } from './authenticate.js'

type Schemas = components['schemas']

const DEFAULT_PAGE = 50

const timeOf = (date: Date | null): string | null => date?.toISOString() ?? null

const fileNameOf = ({ kind, id }: Pick<BatchRow, 'kind' | 'id'>): string => `${kind}-${id}.tsv`

function represent(env: Environment, row: BatchSummary): Schemas['Batch'] {
  return {
    id: row.id,
    organisation: row.organisation,
    issuanceSystem: row.issuance_system,
    byHand: !env.issuanceSystem(row.issuance_system).worksByItself,
    kind: row.kind,
    state: row.state,
    rowCount: row.row_count,
    fileName: fileNameOf(row),
    sha256: row.sha256,
    submissions: row.submissions,
    lastError: row.last_error,
    sealedAt: row.sealed_at.toISOString(),
    handedOutAt: timeOf(row.handed_out_at),
    handedOutTo: row.handed_out_to,
    submittedAt: timeOf(row.submitted_at),
    unknownSince: timeOf(row.unknown_since),
  }
}

/** Another organisation's batch is as unknown as one that does not exist. */
async function findOwn(env: Environment, request: Request): Promise<BatchRow> {
  const row = await findBatch(env.db, String(request.params.id))
  if (row?.organisation === callerOf(request).organisation) return row
  throw new ProblemError('notFound', 'There is no such batch', { ja: 'そのバッチはありません。' })
}

async function look(env: Environment, request: Request): Promise<Schemas['BatchWithRows']> {
  const batch = await findOwn(env, request)
  const rows = await listRowsOfBatch(env.db, batch.id)
  return {
    ...represent(env, batch),
    rows: rows.map(({ id, batch_row: row, state, common_name: commonName }) => ({
      application: id,
      row: row ?? 0,
      state,
      commonName,
    })),
  }
}

type OutcomeInput = Schemas['BatchOutcome']

/** @throws OutcomeUnknownError for a page that is not understood */
const readOutcome = (env: Environment, input: OutcomeInput, batch: BatchRow): ToldOutcome =>
  'page' in input
    ? env.issuanceSystem(batch.issuance_system).readAnswer(input.page, batch.row_count)
    : { outcome: input.outcome }

export function makeBatches(env: Environment): Router {
  const router = Router()
  router.get('/', needScope('batches:read'), async (request, response) => {
    const { state, after, limit } = request.query as Record<string, string | undefined>
    const filter = {
      organisation: callerOf(request).organisation,
      state: state as BatchState | undefined,
      after,
      limit: Number(limit ?? DEFAULT_PAGE),
    }
    const rows = await listBatches(env.db, filter)
    const next = rows.length === filter.limit ? (rows.at(-1)?.id ?? null) : null
    response.json({ batches: rows.map((row) => represent(env, row)), next })
  })
  router.get('/:id', needScope('batches:read'), async (request, response) => {
    response.json(await look(env, request))
  })
  router.get('/:id/tsv', needScope('batches:write'), async (request, response) => {
    const { id } = await findOwn(env, request)
    const actor = callerOf(request).actor
    // The contract has made it a boolean.
    const { again = false } = request.query as { again?: unknown }
    const batch = await handOut(env, id, { actor, again: again === true })
    response.set({
      // It holds names, addresses and perhaps access PINs.
      'Cache-Control': 'no-store',
      'Content-Disposition': `attachment; filename="${fileNameOf(batch)}"`,
      'Repr-Digest': `sha-256=:${Buffer.from(batch.sha256, 'hex').toString('base64')}:`,
    })
    sendBytes(response, 'text/tab-separated-values; charset=Shift_JIS', batch.bytes)
  })
  router.post('/:id/outcome', needScope('batches:write'), async (request, response) => {
    const batch = await findOwn(env, request)
    const told = understand(batch, () => readOutcome(env, request.body as OutcomeInput, batch))
    await tellOutcome(env, batch, told, callerOf(request).actor)
    response.json(await look(env, request))
  })
  return router
}
