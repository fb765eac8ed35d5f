/**
 * Checks an input of any size as it is read: rows are completed, judged (here or in worker threads) and
 * compared with those before them. What is held is a few batches, and one short key per row and rule.
 */
import type { ApplicationInput } from '../application/input.js'
import type { Application } from '../application/application.js'
import { ApplicationChecker, completeApplications } from '../check/index.js'
import type { CheckContext, Filled, Judged } from '../check/index.js'
import type { ReadRow } from '../formats/index.js'
import type { Finding } from '../problem/finding.js'
import type { JudgePool } from './judge-pool.js'

/** What came out of one batch, in the order of its rows. */
export interface CheckedBatch {
  rows: number
  applications: Application[]
  /** Row of each application, from 1: rows that could not be read have none. */
  numbers: number[]
  findings: Finding[]
  filled: Filled[]
}

export interface StreamOptions {
  /** The context of some rows: what was issued before is looked up for them alone. */
  contextOf: (inputs: readonly ApplicationInput[]) => CheckContext | Promise<CheckContext>
  /** Fill what follows from the organisation and the CSR; off for files that are to be uploaded as they are. */
  complete: boolean
  pool?: JudgePool
}

/** Batches in flight: enough to keep the workers busy while one is finished here. */
const aheadOf = 6
/** Rows in one batch: one message to a worker repays itself. */
const batchRows = 128

interface Prepared {
  batch: CheckedBatch
  context: CheckContext
  judged: Promise<Judged[]> | undefined
}

export async function* checkStream(
  batches: AsyncIterable<ReadRow[]>,
  options: StreamOptions,
): AsyncGenerator<CheckedBatch> {
  const checker = new ApplicationChecker()
  const ahead: Prepared[] = []
  for await (const rows of rebatch(batches)) {
    ahead.push(await prepare(rows, options))
    if (ahead.length >= (options.pool ? aheadOf : 1)) yield await finish(ahead.shift(), checker)
  }
  while (ahead.length > 0) yield await finish(ahead.shift(), checker)
}

async function* rebatch(batches: AsyncIterable<ReadRow[]>): AsyncGenerator<ReadRow[]> {
  for await (const rows of batches)
    for (let start = 0; start < rows.length; start += batchRows) yield rows.slice(start, start + batchRows)
}

async function prepare(rows: ReadRow[], { contextOf, complete, pool }: StreamOptions): Promise<Prepared> {
  const { inputs, numbers, findings } = sorted(rows)
  const context = await contextOf(inputs)
  const { applications, filled } = complete ? completeApplications(inputs, context) : asTheyAre(inputs)
  const batch = {
    rows: rows.length,
    applications,
    numbers,
    findings,
    filled: filled.map((entry) => ({ ...entry, row: numbers[entry.row - 1] ?? entry.row })),
  }
  // Numbers run on without a gap unless rows could not be read; then this thread judges. A row without a CSR
  // is judged in less time than it takes to hand it over.
  const repays = inputs.length === rows.length && applications.some(({ fields }) => fields.csr !== undefined)
  const judged = repays ? pool?.judge(applications, numbers[0] ?? 1) : undefined
  // A failure is met where it is awaited; until then it must not end the process.
  judged?.catch(() => undefined)
  return { batch, context, judged }
}

function sorted(rows: readonly ReadRow[]): {
  inputs: ApplicationInput[]
  numbers: number[]
  findings: Finding[]
} {
  const read: ReturnType<typeof sorted> = { inputs: [], numbers: [], findings: [] }
  for (const { row, input, findings } of rows) {
    if (input) {
      read.inputs.push(input)
      read.numbers.push(row)
    }
    if (findings.length > 0) read.findings.push(...findings)
  }
  return read
}

/** A file for upload has no `server`: a row that replaces a certificate is a renewal. */
function asTheyAre(inputs: readonly ApplicationInput[]): { applications: Application[]; filled: Filled[] } {
  const applications = inputs.map(({ kind = 'server', fields }) => ({
    kind: kind !== 'server' ? kind : fields.serial ? ('server-renew' as const) : ('server-issue' as const),
    fields,
  }))
  return { applications, filled: [] }
}

async function finish(prepared: Prepared | undefined, checker: ApplicationChecker): Promise<CheckedBatch> {
  if (!prepared) throw new Error('There is always a batch to finish')
  const { batch, context, judged } = prepared
  const found = judged
    ? checker.finish(batch.applications, await judged, context, batch.numbers[0])
    : checkHere(batch, context, checker)
  if (found.length + batch.findings.length === 0) return batch
  return { ...batch, findings: [...batch.findings, ...found].sort((a, b) => a.row - b.row) }
}

function checkHere(
  { applications, numbers, rows }: CheckedBatch,
  context: CheckContext,
  checker: ApplicationChecker,
): Finding[] {
  if (applications.length === rows) return checker.check(applications, context, numbers[0])
  return applications.flatMap((application, index) => checker.check([application], context, numbers[index]))
}
