/**
 * What an operator says became of a file carried by hand. The page that answered is read by the same
 * parser as the gateway's own uploads. Source: docs/issuance-cycle.md, step 6.
 */
import { ProblemError } from '../problem/problem-error.js'
import type { BatchRow } from '../store/tables.js'
import { checkAnswer, markUnknown, putBack, settleBatch } from './batch-outcome.js'
import type { Environment } from './ports/environment.js'
import { OutcomeUnknownError, type SubmitOutcome } from './ports/issuance-system.js'
import type { Word } from './word.js'

export type ToldOutcome =
  | SubmitOutcome
  /** The operator does not know: the report decides. */
  | { outcome: 'unknown' }
  /** The operator is sure that the file was not uploaded. */
  | { outcome: 'not-uploaded' }

const wrongState = ({ state }: Pick<BatchRow, 'state'>): ProblemError =>
  new ProblemError(
    'conflict',
    `The batch is ${state}; an outcome can be told of one that was handed out and is not settled`,
    {
      ja: `このバッチは「${state}」の状態です。結果を報告できるのは、受け取り済みで結果が未定のバッチだけです。`,
    },
  )

const notUnderstood = (cause: OutcomeUnknownError): ProblemError =>
  new ProblemError('outcomeNotUnderstood', `Nothing was changed: ${cause.message}`, {
    ja: '報告された内容から結果を読み取れませんでした。何も変更していません。結果の画面全体を送るか、行番号とエラーを「1 212:1,主体者DN,…」の形で送ってください。',
    cause,
  })

/** Reads what was told before anything is changed. @throws ProblemError when it cannot be understood */
export function understand<T extends ToldOutcome>(batch: BatchRow, read: () => T): T {
  try {
    const told = read()
    if (told.outcome === 'accepted' || told.outcome === 'refused') checkAnswer(batch, told)
    return told
  } catch (error) {
    if (error instanceof OutcomeUnknownError) throw notUnderstood(error)
    throw error
  }
}

/** The service took the file: only of the rows that it does not show there is something to say. */
const askedOfRows = (): ProblemError =>
  new ProblemError(
    'conflict',
    'The file was taken, and only some of its rows are missing from the report; decide on those ' +
      '(POST /v1/batches/{id}/decision: taken, resubmit or give-up)',
    {
      ja: 'このファイルは受け付け済みで、レポートにない行だけが未定です。その行の扱いを決めてください（POST /v1/batches/{id}/decision に taken、resubmit、give-up のいずれか）。',
    },
  )

function carryOut(env: Environment, batch: BatchRow, told: ToldOutcome, word: Word): Promise<boolean> {
  if (told.outcome === 'unknown')
    return markUnknown(env, batch, { ...word, reason: 'the operator does not know the outcome' })
  if (told.outcome === 'not-uploaded') return putBack(env, batch, { ...word, due: env.now(), reason: null })
  return settleBatch(env, batch, told, word)
}

/** @throws ProblemError conflict when the batch is in no state in which an outcome can be told */
export async function tellOutcome(
  env: Environment,
  batch: BatchRow,
  told: ToldOutcome,
  actor: string,
): Promise<void> {
  const from: Word['from'] =
    told.outcome === 'unknown' ? ['handed-out'] : ['handed-out', 'unknown', 'attention']
  if (batch.attention === 'rows-missing' && told.outcome !== 'accepted') throw askedOfRows()
  const byHand = !env.issuanceSystem(batch.issuance_system).worksByItself
  if (!byHand || !(await carryOut(env, batch, told, { actor, from }))) throw wrongState(batch)
}
