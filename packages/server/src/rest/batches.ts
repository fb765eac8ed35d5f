/** /v1/batches: the files that go to the issuance system; by hand, their way out and what came of them. */
import { type Request, type Response, Router } from 'express'
import { sendBytes } from '../http/send-bytes.js'
import { decideBatch } from '../issuance/decide-batch.js'
import { handOut } from '../issuance/hand-out.js'
import type { Environment } from '../issuance/ports/environment.js'
import type { BatchState } from '../issuance/states.js'
import { tellOutcome, type ToldOutcome, understand } from '../issuance/tell-outcome.js'
import { type BatchSummary, findBatch, listBatches, listRowsOfBatch } from '../store/batches.js'
import { listKeptPages } from '../store/kept-pages.js'
import type { BatchRow } from '../store/tables.js'
import type { components } from './api-types.js'
import { callerOf, needScope } from './authenticate.js'
import { own } from './own.js'
import { nextOf, readPage } from './page.js'

type Schemas = components['schemas']

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
    attention: row.attention,
    sealedAt: row.sealed_at.toISOString(),
    handedOutAt: timeOf(row.handed_out_at),
    handedOutTo: row.handed_out_to,
    submittedAt: timeOf(row.submitted_at),
    unknownSince: timeOf(row.unknown_since),
  }
}

const findOwn = async (env: Environment, request: Request): Promise<BatchRow> =>
  own(request, await findBatch(env.db, String(request.params.id)), 'batch')

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

async function sendFile(env: Environment, request: Request, response: Response): Promise<void> {
  const { id } = await findOwn(env, request)
  // The contract has made it a boolean.
  const { again = false } = request.query as { again?: unknown }
  const batch = await handOut(env, id, { actor: callerOf(request).actor, again: again === true })
  response.set({
    // It holds names, addresses and perhaps access PINs.
    'Cache-Control': 'no-store',
    'Content-Disposition': `attachment; filename="${fileNameOf(batch)}"`,
    'Repr-Digest': `sha-256=:${Buffer.from(batch.sha256, 'hex').toString('base64')}:`,
  })
  sendBytes(response, 'text/tab-separated-values; charset=Shift_JIS', batch.bytes)
}

export function makeBatches(env: Environment): Router {
  const router = Router()
  router.get('/', needScope('batches:read'), async (request, response) => {
    const page = readPage(request)
    const { organisation } = callerOf(request)
    const state = request.query.state as BatchState | undefined
    const rows = await listBatches(env.db, { organisation, state, ...page })
    const next = nextOf(rows, page.limit, ({ id }) => id)
    response.json({ batches: rows.map((row) => represent(env, row)), next })
  })
  router.get('/:id', needScope('batches:read'), async (request, response) => {
    response.json(await look(env, request))
  })
  router.get('/:id/tsv', needScope('batches:write'), (request, response) => sendFile(env, request, response))
  router.post('/:id/outcome', needScope('batches:write'), async (request, response) => {
    const batch = await findOwn(env, request)
    const told = understand(batch, () => readOutcome(env, request.body as OutcomeInput, batch))
    await tellOutcome(env, batch, told, callerOf(request).actor)
    response.json(await look(env, request))
  })
  router.get('/:id/pages', needScope('batches:read'), async (request, response) => {
    const { id } = await findOwn(env, request)
    const pages = await listKeptPages(env.db, id)
    response.json({ pages: pages.map(({ at, reason, page }) => ({ at: at.toISOString(), reason, page })) })
  })
  router.post('/:id/decision', needScope('batches:write'), async (request, response) => {
    const { id } = await findOwn(env, request)
    const { decision, reason } = request.body as Schemas['BatchDecision']
    await decideBatch(env, id, { decision, reason, actor: callerOf(request).actor })
    response.json(await look(env, request))
  })
  return router
}
