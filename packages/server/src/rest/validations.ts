/** /v1/validations: the check of POST /v1/applications for any format and kind; nothing is stored. */
import type { Filled } from '@upki-gateway/shared/check'
import { mediaTypes } from '@upki-gateway/shared/formats'
import type { Reading } from '@upki-gateway/shared/formats'
import { type CheckedBatch, checkStream } from '@upki-gateway/shared/parallel'
import type { Finding } from '@upki-gateway/shared/problem'
import { type Request, Router } from 'express'
import { contextFor } from '../issuance/check-context.js'
import type { Environment } from '../issuance/ports/environment.js'
import { callerOf, needScope } from './authenticate.js'
import { maxShown } from './found.js'
import { HeldResponse } from './held-response.js'
import { readBody } from './read-body.js'

/** One short key for each row and rule is remembered: this bounds it. */
const limits = { maxBytes: 500_000_000, maxRows: 200_000 }

export function makeValidations(env: Environment): Router {
  const router = Router()
  router.post('/', needScope('applications:write'), async (request, response) => {
    const reading = await readBody(request, limits)
    const answer = new HeldResponse(response, () => ({ 'Content-Type': mediaTypes.json }))
    try {
      await validate(env, request, { reading, answer })
    } catch (error) {
      answer.fail(error)
    }
  })
  return router
}

/** What is known when all rows are read. */
interface Totals {
  rows: number
  counts: Record<Finding['grade'], number>
  /** Findings in the answer. */
  shown: number
  /** As many as are shown. */
  filled: Filled[]
  filledCount: number
}

interface Streams {
  reading: Reading
  answer: HeldResponse
}

async function validate(env: Environment, request: Request, { reading, answer }: Streams): Promise<void> {
  const { organisation } = callerOf(request)
  const totals: Totals = {
    ...{ rows: 0, counts: { error: 0, warning: 0, notice: 0 }, shown: 0 },
    ...{ filled: [], filledCount: 0 },
  }
  await answer.write('{"findings":[')
  const stream = checkStream(reading.batches, {
    contextOf: (inputs) => env.db.transaction().execute((trx) => contextFor(env, trx, organisation, inputs)),
    complete: true,
  })
  for await (const batch of stream) {
    const some = batch.findings.slice(0, maxShown - totals.shown)
    if (some.length > 0) await answer.write((totals.shown > 0 ? ',' : '') + renderFindings(some))
    add(totals, batch, some.length)
  }
  await answer.write(`],${renderEnd(reading, totals)}}\n`)
  await answer.end()
}

function add(totals: Totals, { rows, findings, filled }: CheckedBatch, shown: number): void {
  totals.rows += rows
  for (const { grade } of findings) totals.counts[grade] += 1
  totals.shown += shown
  totals.filled.push(...filled.slice(0, maxShown - totals.filled.length))
  totals.filledCount += filled.length
}

const renderFindings = (findings: readonly Finding[]): string =>
  findings.map((finding) => JSON.stringify(finding)).join()

function renderEnd(
  { detected, encoding }: Reading,
  { rows, counts, shown, filled, filledCount }: Totals,
): string {
  const { error: errors, warning: warnings, notice: notices } = counts
  const facts = {
    filled,
    format: detected?.format ?? null,
    charset: encoding(),
    kind: detected?.kind ?? null,
    isKindGuessed: detected?.isKindGuessed ?? false,
    rows,
    errors,
    warnings,
    notices,
    findingsLeftOut: errors + warnings + notices - shown,
    filledLeftOut: filledCount - filled.length,
  }
  return JSON.stringify(facts).slice(1, -1)
}
