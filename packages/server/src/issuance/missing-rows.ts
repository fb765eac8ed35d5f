/**
 * Rows of a file that the service took, and that its report never shows: nothing is sent again, an operator is
 * asked. Source: docs/issuance-cycle.md, step 8.
 */
import { revokesCertificate } from '@upki-gateway/shared/application'
import type { ReportRow } from '@upki-gateway/shared/report'
import { type InFlightRow, markSeen } from '../store/applications.js'
import { appendAudit } from '../store/audit.js'
import { moveBatchState } from '../store/batches.js'
import type { BatchRow } from '../store/tables.js'
import type { Environment } from './ports/environment.js'

type Submitted = Pick<BatchRow, 'id' | 'state' | 'submitted_at'>

export interface Shown {
  readAt: Date
  inFlight: readonly InFlightRow[]
  found: ReadonlyMap<string, ReportRow>
}

/**
 * Rows with a CSR are shown from the moment they are registered, and certificates as revoked soon after it. When
 * certificates of persons are first shown is not known, and applications for ACME are shown nowhere.
 */
export const isMissing = (
  { id, kind, csr_sha256: csr }: InFlightRow,
  found: ReadonlyMap<string, unknown>,
): boolean => (csr !== null || revokesCertificate(kind)) && !found.has(id)

async function ask(
  env: Environment,
  batchId: string,
  { missing, seen }: { missing: string[]; seen: string[] },
): Promise<void> {
  const now = env.now()
  const isMoved = await env.db.transaction().execute(async (trx) => {
    const change = { attention: 'rows-missing', due_at: now } as const
    if (!(await moveBatchState(trx, batchId, { from: ['submitted'], to: 'attention', ...change })))
      return false
    await markSeen(trx, seen, now)
    const detail = { applications: missing }
    await appendAudit(trx, [
      { at: now, actor: 'gateway', action: 'batch.rows-missing', subject: batchId, detail },
    ])
    return true
  })
  if (isMoved)
    env.log.error(
      { batch: batchId, applications: missing },
      'the report does not show rows of a file that was taken; an operator has to decide',
    )
}

export async function escalateMissing(
  env: Environment,
  systemId: string,
  batches: readonly Submitted[],
  { readAt, inFlight, found }: Shown,
): Promise<void> {
  const longestMs = env.settings(systemId).missingAfterSeconds * 1000
  for (const { id, state, submitted_at: since } of batches) {
    if (state !== 'submitted' || !since || readAt.getTime() - since.getTime() < longestMs) continue
    const rows = inFlight.filter((row) => row.batch_id === id)
    const missing = rows.filter((row) => isMissing(row, found)).map((row) => row.id)
    const seen = rows.filter((row) => !isMissing(row, found)).map((row) => row.id)
    if (missing.length > 0) await ask(env, id, { missing, seen })
  }
}

/**
 * Rows that were missing when an operator was asked, and that the report shows since: his decision is not about them any
 * more, even while others of the file are still missing.
 */
export async function markTurnedUp(
  env: Environment,
  batches: readonly Pick<BatchRow, 'id' | 'attention'>[],
  { inFlight, found }: Omit<Shown, 'readAt'>,
): Promise<void> {
  const asked = new Set(batches.flatMap(({ id, attention }) => (attention === 'rows-missing' ? [id] : [])))
  const turnedUp = inFlight.filter((row) => asked.has(row.batch_id ?? '') && found.has(row.id))
  if (turnedUp.length > 0)
    await markSeen(
      env.db,
      turnedUp.map(({ id }) => id),
      env.now(),
    )
}
