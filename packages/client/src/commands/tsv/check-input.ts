/** Checks one input as far as no server is needed, and counts what is found. */
import { existsSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { extname } from 'node:path'
import { rowsPerFile } from '@upki-gateway/shared/tsv'
import type { CheckContext, Filled } from '@upki-gateway/shared/check'
import type { Reading } from '@upki-gateway/shared/formats'
import { JudgePool, checkStream } from '@upki-gateway/shared/parallel'
import { makeFinding } from '@upki-gateway/shared/problem'
import type { Finding } from '@upki-gateway/shared/problem'
import type { Application } from '@upki-gateway/shared/application'
import { openInput } from './read-input.js'
import type { InputOptions } from './read-input.js'

export interface CheckedInput {
  path: string
  format?: string
  encoding: string
  kind?: string
  rows: number
  counts: { error: number; warning: number; notice: number }
  /** As many as are kept; the counts are of all. */
  findings: Finding[]
}

/** More are counted, not kept: nobody reads them, and memory stays flat. */
const maxFindings = 10_000

/** What a command does with each batch beside checking it. */
export type OnBatch = (
  applications: readonly Application[],
  filled: readonly Filled[],
  numbers: readonly number[],
) => void

/** @param complete fill what follows from CSR and organisation; off for files that are uploaded as they are */
export async function checkInput(
  path: string,
  options: InputOptions,
  context: CheckContext,
  onBatch: OnBatch = () => undefined,
): Promise<CheckedInput> {
  const reading = await openInput(path, options)
  const { detected } = reading
  const result: CheckedInput = {
    path,
    ...(detected && { format: detected.format }),
    encoding: 'ascii',
    ...(detected?.kind && { kind: detected.kind }),
    rows: 0,
    counts: { error: 0, warning: 0, notice: 0 },
    findings: [],
  }
  const pool = await startPool(path, context)
  try {
    const complete = detected?.format !== 'upki-tsv'
    const stream = checkStream(reading.batches, { contextOf: () => context, complete, ...(pool && { pool }) })
    for await (const { rows, applications, findings, filled, numbers } of stream) {
      result.rows += rows
      keep(result, findings)
      onBatch(applications, filled, numbers)
    }
  } finally {
    await pool?.close()
  }
  result.encoding = reading.encoding()
  keep(result, fileFindings(path, reading, result))
  return result
}

function keep(result: CheckedInput, findings: readonly Finding[]): void {
  for (const finding of findings) {
    result.counts[finding.grade] += 1
    if (result.findings.length < maxFindings) result.findings.push(finding)
  }
}

/** What is wrong with the file rather than with a row, for one that is meant to be uploaded as it is. */
function fileFindings(path: string, { detected }: Reading, { rows, encoding }: CheckedInput): Finding[] {
  const findings: Finding[] = []
  if (detected?.isKindGuessed && detected.kind)
    findings.push(makeFinding('kindGuessed', { row: 1, words: { kind: detected.kind } }))
  if (detected?.format !== 'upki-tsv') return findings
  if (rows > rowsPerFile)
    findings.push(makeFinding('fileTooManyRows', { row: rowsPerFile + 1, words: { max: rowsPerFile } }))
  if (encoding !== 'ascii' && encoding !== 'shift_jis')
    findings.push(makeFinding('fileEncoding', { row: 1, words: { encoding } }))
  if (path !== '-' && !['.tsv', '.txt'].includes(extname(path).toLowerCase()))
    findings.push(makeFinding('fileExtension', { row: 1, value: path }))
  return findings
}

/** Below this size one thread is done before others have started. */
const bytesForWorkers = 2_000_000

async function startPool(path: string, context: CheckContext): Promise<JudgePool | undefined> {
  const entry = new URL('./judge-worker.js', import.meta.url)
  if (path === '-' || !existsSync(entry) || (await stat(path)).size < bytesForWorkers) return undefined
  // Compared here, beside the other rows: workers need no copy of a long list.
  const { blockedKeys: _, ...judged } = context
  return new JudgePool(entry, judged, Math.min(availableParallelism(), 8))
}
